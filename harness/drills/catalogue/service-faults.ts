import { z } from 'zod';
import type { ActiveServiceImpairment, ServiceImpairment } from '../../../vm/index.ts';
import { declareFault, type FaultTarget, type InjectedFault } from '../fault-declaration.ts';
import { partMissing } from './changed-hardware.ts';
import { seconds } from './parameters.ts';
import { endAfter, whileOn } from './while-on.ts';

/** Faults of the servers that a machine reaches through `services` of its network cards. */
export const serviceFaults = [
  declareFault({
    name: 'server-gone',
    layer: 'network',
    summary: 'servers are gone: connections to them are closed as they come',
    proves: 'an appliance does without its servers, and finds them again',
    parameters: z.object({ seconds }),
    when: 'either',
    needs: 'services',
    inject: (target, { seconds }) =>
      impair(target, { kind: 'refused' }, seconds, 'connections were closed', 'the servers are gone'),
  }),
  declareFault({
    name: 'server-slow',
    layer: 'network',
    summary: 'servers answer late',
    proves: 'time-outs of the appliance fit servers that have much to do',
    parameters: z.object({
      delayMs: z
        .int()
        .min(1)
        .max(600_000)
        .default(2000)
        .describe('so much later each piece comes, in milliseconds'),
      seconds,
    }),
    when: 'either',
    needs: 'services',
    inject: (target, { delayMs, seconds }) =>
      impair(target, { kind: 'late', delayMs }, seconds, 'connections were slow', 'the servers answer late'),
  }),
  declareFault({
    name: 'server-answers-wrong',
    layer: 'network',
    summary: 'what servers answer is noise',
    proves: 'an answer that makes no sense is not taken for one',
    parameters: z.object({ seconds }),
    when: 'either',
    needs: 'services',
    inject: (target, { seconds }) => {
      const { seed } = target;
      const what = 'the servers answer noise';
      return impair(target, { kind: 'garbled', seed }, seconds, 'connections were answered with noise', what);
    },
  }),
];

async function impair(
  target: FaultTarget,
  impairment: ServiceImpairment,
  seconds: number | undefined,
  affected: string,
  what: string,
): Promise<InjectedFault> {
  const { machine } = target;
  if (!machine.hardware.nics.some(({ services }) => services.length > 0)) {
    throw partMissing(machine, 'a network card with services');
  }
  const { promise, resolve } = Promise.withResolvers<void>();
  const all: ActiveServiceImpairment[] = [];
  const end = await whileOn(target, async (running) => {
    const active = running.impairServices(impairment);
    all.push(active);
    void active.happened.then(resolve);
    return async () => active.stop();
  });
  return {
    what,
    proof: () => {
      const count = all.reduce((sum, active) => sum + active.affected, 0);
      return count === 0 ? undefined : `${count} ${affected}`;
    },
    happened: promise,
    stop: endAfter(seconds, end, target.signal),
  };
}
