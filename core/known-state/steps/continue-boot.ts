import { z } from 'zod';
import { watchdogValue } from '../../boot-loader/watchdog.ts';
import { partitionDevice } from '../../layout/find-in-layout.ts';
import { type StepContext, stepKind } from '../../script/step-kind.ts';
import { endMachine } from '../../script/steps/end-machine.ts';
import type { LocatedPartition } from '../configuration.ts';
import { type ChainOptions, continueByChain, continueByKexec, type KexecOptions } from '../continue-boot.ts';
import { knownStateErrors } from '../errors.ts';
import { readKeptDecision } from '../kept-decision.ts';
import { markPartition } from '../mark-partition.ts';
import { changeBootStates } from '../state-store.ts';
import {
  type KnownStateMachine,
  knownStateMachine,
  openSystem,
  type RedundantSystem,
  systemOption,
} from './known-state-machine.ts';

const options = z.strictObject({
  system: systemOption,
  by: z
    .enum(['chain', 'kexec'])
    .default('chain')
    .describe(
      'chain: restart, and let the boot loader of the disk start it. kexec: start its kernel from here.',
    ),
});

/** Hands the machine over; returns only in tests. */
export interface HandOver {
  byChain(options: ChainOptions): Promise<unknown>;
  byKexec(options: KexecOptions): Promise<unknown>;
}

/** What the state says until the system itself says better. */
export const unfinishedStart = 'did not finish booting';

/**
 * Makes the kind `continue-boot` (spec B3): the partition that was chosen is Dirty until the system that it holds says
 * otherwise; then it is started. When the hand-over fails, it stays Dirty: the next start takes another one.
 */
export function makeContinueBoot(machine: KnownStateMachine, handOver: HandOver) {
  return stepKind({
    name: 'continue-boot',
    summary: 'start the partition that choose-partition has chosen',
    options,
    async run({ system: folder, by }, context) {
      const system = await openSystem(folder, machine, context);
      const partition = await findChosen(system, machine);
      const { written, problems } = await changeBootStates(
        system.located.partitions,
        (states) => markPartition(states, partition.name, 'Dirty', unfinishedStart),
        machine.open,
        true,
      );
      for (const { partition, problem } of problems) context.log(`boot states on ${partition}: ${problem}`);
      context.log(`BOOT ${by} ${partition.name}`);
      await startPartition(by, partition, system, handOver, context, machine);
      return { partition: partition.name, by, statesOn: written.join(', ') };
    },
  });
}

/** Starts the partition that was chosen. */
export const continueBoot = makeContinueBoot(knownStateMachine, {
  byChain: continueByChain,
  byKexec: continueByKexec,
});

async function findChosen(
  { located }: RedundantSystem,
  { decisionPath }: KnownStateMachine,
): Promise<LocatedPartition> {
  const { decision } = (await readKeptDecision(decisionPath)) ?? {};
  const name = decision?.action === 'boot' ? decision.partition : undefined;
  const partition = located.partitions.find((candidate) => candidate.name === name);
  if (partition !== undefined) return partition;
  const missing = located.problems.find((problem) => problem.partition === name)?.problem;
  throw knownStateErrors.KNOWN_STATE_NOTHING_CHOSEN({
    tried: 'continue booting',
    expected: 'a decision to start a partition',
    got: missing ?? (decision === undefined ? 'none in this start' : `the decision to ${decision.action}`),
  });
}

async function startPartition(
  by: 'chain' | 'kexec',
  partition: LocatedPartition,
  { configuration, located }: RedundantSystem,
  { byChain, byKexec }: HandOver,
  context: StepContext,
  { open }: KnownStateMachine,
): Promise<void> {
  const { device, number } = partition;
  const { watchdog: timer } = configuration.layout;
  const watchdog = timer === undefined ? {} : { watchdog: watchdogValue(timer) };
  if (by === 'chain') {
    const devices = located.disks.flatMap(({ device: other }) => other ?? []);
    await byChain({
      otherDiskDevices: devices.filter((other) => other !== device),
      ...{ diskDevice: device, partitionNumber: number, ...watchdog, openDisk: open },
      endMachine: () => endMachine('restart', context),
    });
  } else {
    const { runProgram } = context;
    await byKexec({ partitionDevice: partitionDevice(device, number), ...watchdog, runProgram });
  }
}
