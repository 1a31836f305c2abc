import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { declareFault, type FaultTarget, type InjectedFault } from '../fault-declaration.ts';
import { resetsSince } from './resets-since.ts';

/** Faults of the power supply (design 7). */
export const powerFaults = [
  declareFault({
    name: 'power-cut',
    layer: 'power',
    summary:
      'the plug is pulled; what was written and not flushed is there, or is lost as a whole, in part, or torn',
    proves: 'an appliance whose power fails at this moment comes back with what it had promised to keep',
    parameters: z.object({
      lose: z
        .enum(['nothing', 'unflushed', 'some'])
        .default('unflushed')
        .describe('of what was not flushed: nothing, all of it, or what the seed draws'),
      tear: z.boolean().default(false).describe('the last write that is kept is there in part only'),
    }),
    when: 'on',
    disk: 'all-intercepted',
    // QEMU's NVMe tells the guest that it has forced writes and drops them: what a power cut may take cannot be told.
    saysNothingOn: (controller, { lose }) => controller === 'nvme' && lose !== 'nothing',
    inject: cutPower,
  }),
  declareFault({
    name: 'reset',
    layer: 'power',
    summary: 'the reset button is pressed: memory is lost, the disks go on',
    proves: 'a reset at this moment ends in a system that runs',
    parameters: z.object({}),
    when: 'on',
    async inject(target) {
      return await resetTimes(target, 1, 0);
    },
  }),
  declareFault({
    name: 'reset-storm',
    layer: 'power',
    summary: 'a brown-out: the machine is reset again and again before it is up',
    proves: 'starts that are broken off are not mistaken for a broken system for ever',
    parameters: z.object({
      times: z.int().min(2).max(50).default(4).describe('how many resets'),
      everyMs: z.int().min(10).max(60_000).default(700).describe('milliseconds between them'),
    }),
    when: 'on',
    async inject(target, { times, everyMs }) {
      return await resetTimes(target, times, everyMs);
    },
  }),
];

async function cutPower(
  { running, seed }: FaultTarget,
  { lose, tear }: { lose: 'nothing' | 'unflushed' | 'some'; tear: boolean },
): Promise<InjectedFault> {
  const { pid } = running!;
  const gone = `QEMU, process ${pid}, was killed`;
  if (lose === 'nothing') {
    await running!.cut();
    return { what: 'the power was cut; nothing was lost', proof: () => gone };
  }
  const keep = lose === 'unflushed' ? ('none' as const) : { seed };
  const losses = await running!.cut({ lose: { keep, tearLast: tear } });
  const facts = losses.map(
    ({ disk, writes, lost }) =>
      `of ${writes} writes to disk ${disk} that were not flushed, ${lost} were lost`,
  );
  const changes = losses.map(
    ({ disk, bytesChanged, tornSectors }) =>
      `${bytesChanged} bytes of disk ${disk} changed by the loss, ${tornSectors} sectors torn off`,
  );
  return {
    what: ['the power was cut', ...facts].join('; '),
    proof: () => [gone, ...changes].join('; '),
  };
}

async function resetTimes(target: FaultTarget, times: number, everyMs: number): Promise<InjectedFault> {
  const { signal, holdsWrite } = target;
  const running = target.running!;
  const resets = resetsSince(running, signal);
  const pressing = pressResetButton(running, times, everyMs, signal);
  // While a write is held QEMU cannot answer, for a reset waits for the disks.
  if (!holdsWrite) await pressing;
  // Whoever asks whether it has happened is told of a failure; until then it is nobody's.
  pressing.catch(() => {});
  return {
    what: times === 1 ? 'the machine was reset' : `the machine was reset ${times} times`,
    proof: () =>
      resets() < times ? undefined : `${resets()} RESET ${times === 1 ? 'event' : 'events'} of QEMU`,
    happened: pressing.then(() => resets.atLeast(times)),
  };
}

async function pressResetButton(
  running: NonNullable<FaultTarget['running']>,
  times: number,
  everyMs: number,
  signal: AbortSignal,
): Promise<void> {
  for (let count = 0; count < times && running.isOn; count += 1) {
    if (count > 0) await delay(everyMs, undefined, { signal });
    if (running.isOn) await running.reset();
  }
}
