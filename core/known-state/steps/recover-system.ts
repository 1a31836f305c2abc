import { z } from 'zod';
import { stepKind } from '../../script/step-kind.ts';
import { type RecoveryMethod, recoveryLimit } from '../decide-boot.ts';
import { knownStateErrors } from '../errors.ts';
import { readKeptDecision } from '../kept-decision.ts';
import { type RecoveryReport, recoverSystem } from '../recover-system.ts';
import { systemPartitions } from '../redundant-layout.ts';
import { type BootStatesReading, readBootStates } from '../state-store.ts';
import {
  type KnownStateMachine,
  knownStateMachine,
  openSystem,
  openSystemPack,
  type RedundantSystem,
  systemOption,
} from './known-state-machine.ts';

const options = z.strictObject({
  system: systemOption,
  only: z
    .literal('dirty')
    .optional()
    .describe('Self-repair: only partitions that are Dirty, and only once until a system is up again.'),
  method: z
    .enum(['repair', 'rewrite'])
    .optional()
    .describe(
      'repair: write the blocks that differ. rewrite: write all. By default repair the first time, then rewrite.',
    ),
  verify: z.boolean().default(true).describe('Whether what was written is read back.'),
  force: z
    .boolean()
    .default(false)
    .describe('Also after it was given up, and every partition where nothing was decided in this start.'),
});

type Options = z.output<typeof options>;

interface Plan {
  partitions: readonly string[];
  method: RecoveryMethod;
}

/** Makes the kind `recover-system` (spec B5, B6): boot records and partitions from the images of the medium. */
export function makeRecoverSystem(machine: KnownStateMachine) {
  return stepKind({
    name: 'recover-system',
    summary: 'restore boot records and system partitions from the medium',
    options,
    async run(written, context) {
      const system = await openSystem(written.system, machine, context);
      const reading = await readBootStates(system.located.partitions, machine.open);
      const plan =
        written.only === 'dirty'
          ? planSelfRepair(system, reading)
          : await planRecovery(machine, system, reading, written);
      const method = written.method ?? plan.method;
      if (written.only === 'dirty' && plan.partitions.length === 0) return { restored: 0 };
      context.log(`${method} ${plan.partitions.join(', ')}`);
      await using pack = await openSystemPack(written.system, context);
      const { located, configuration } = system;
      const report = await recoverSystem({
        ...{ located, source: pack, publicKey: configuration.publicKey, partitions: plan.partitions, method },
        ...{ verify: written.verify, signal: context.signal, open: machine.open, log: context.log },
      });
      return factsOf(report);
    },
  });
}

/** Recovers the system. */
export const recoverSystemStep = makeRecoverSystem(knownStateMachine);

/**
 * One that is Dirty each time it starts must not be repaired for ever: the others would never get their turn.
 */
function planSelfRepair({ configuration }: RedundantSystem, { states }: BootStatesReading): Plan {
  const names = systemPartitions(configuration.layout).map(({ name }) => name);
  const dirty = names.filter((name) => states?.partitions[name]?.state === 'Dirty');
  return { partitions: (states?.recoveries ?? 0) === 0 ? dirty : [], method: 'repair' };
}

/**
 * By what was decided in this start. That nothing was decided says that `choose-partition` could not look, for a misspelt
 * name or a disk that hangs, and is no reason to write over partitions that may be good.
 */
async function planRecovery(
  { decisionPath }: KnownStateMachine,
  { configuration }: RedundantSystem,
  { states }: BootStatesReading,
  { force }: Options,
): Promise<Plan> {
  const { decision } = (await readKeptDecision(decisionPath)) ?? {};
  const all = systemPartitions(configuration.layout).map(({ name }) => name);
  if (decision?.action === 'recover') return decision;
  if (decision?.action === 'boot') return { partitions: decision.dirty, method: 'repair' };
  if (decision === undefined && !force) {
    throw knownStateErrors.KNOWN_STATE_NOT_DECIDED({ tried: 'recover the system' });
  }
  const recoveries = states?.recoveries ?? 0;
  if (force || recoveries < recoveryLimit) {
    return { partitions: decision?.dirty ?? all, method: recoveries === 0 ? 'repair' : 'rewrite' };
  }
  throw knownStateErrors.KNOWN_STATE_GIVEN_UP({
    tried: 'recover the system',
    got: decision?.reason ?? `${recoveries} recoveries since a system was up`,
  });
}

function factsOf({ bootRecords, restored, problems }: RecoveryReport) {
  const writtenBytes = restored.reduce((sum, report) => sum + report.writtenBytes, 0);
  const seconds = restored.reduce(
    (sum, { writtenBytes, bytesPerSecond }) => sum + (writtenBytes / bytesPerSecond || 0),
    0,
  );
  return {
    restored: restored.length,
    partitions: restored.map(({ partition, method }) => `${partition} (${method})`).join(', '),
    bootRecords: bootRecords.join(', '),
    failed: problems.map(({ partition }) => partition).join(', '),
    writtenBytes,
    bytesPerSecond: seconds === 0 ? 0 : Math.round(writtenBytes / seconds),
  };
}
