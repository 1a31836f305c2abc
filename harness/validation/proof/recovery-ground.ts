import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { copySparse } from '../../../foundation/index.ts';
import type { RunningMachine } from '../../../vm/index.ts';
import type { Bench } from '../../bench.ts';
import { SeededNumbers } from '../../faults/index.ts';
import { judge } from '../../judge.ts';
import type { Scenario } from '../../scenario.ts';
import { cloneDisks } from './clone-disks.ts';
import { type CloneDisk, cloneHardware, cloneMachineSpec, type ProofProfile } from './clone-hardware.ts';
import { inOneLine } from './in-one-line.ts';
import { drilledCloneName } from './recovery-checks.ts';
import type { PlannedRecovery } from './recovery-plan.ts';
import { CloneReadiness } from './recovery-readiness.ts';
import { shutDown, startUntilReady } from './start-appliance.ts';

/** Numbers below are those of clones that are compared. */
const firstHardware = 200;
/** The power cut comes within this time after it was ready. */
const longestStayMs = 20_000;
/** What a system writes by itself when nobody uses it comes by then, or not in a drill. */
const writesMs = 10_000;
/** A moment at a time is past by then. */
const pastMs = 1_000;
/** For copies of the disk, what is between the steps, and the look at a refusal. */
const marginMs = 300_000;

/**
 * The ground for drills on a foreign disk: a clone starts until it is ready, is shut down, starts again until it is ready, and is in the field
 * for a while.
 */
export function cloneInTheField(
  profile: ProofProfile,
  { number, faults, withinMs }: Pick<PlannedRecovery, 'number' | 'faults' | 'withinMs'>,
  imagePath: string,
): Scenario {
  const { limits, machine: hardware } = profile;
  return {
    name: 'clone-in-the-field',
    summary: 'a clone becomes ready, is shut down, becomes ready again, and goes on',
    tags: ['validation'],
    timeoutMs:
      (limits.firstReady ?? limits.ready) + limits.ready + limits.shutDown + longestWait(faults) + marginMs,
    needs: { machines: 1, memoryMiB: Math.ceil(hardware.memory / 1024 ** 2), cpus: hardware.cpus },
    async body(bench) {
      const machine = await bench.machine(
        cloneMachineSpec(profile, {
          name: drilledCloneName,
          disks: await disksOf(profile, faults, imagePath, bench),
          hardware: cloneHardware(bench.seed, firstHardware + number),
        }),
      );
      const readiness = new CloneReadiness(machine, profile, bench, withinMs);
      const { partitions } = profile;
      bench.subject({ machine, partitions, becomesWell: (signal) => readiness.becomesReady(signal) });
      const { running } = await startUntilReady(machine, profile, bench, { isFirst: true });
      await switchOff(running, profile, bench);
      const againAtMs = performance.now();
      await startUntilReady(machine, profile, bench);
      await bench.step('the clone is in the field', () => stay(faults, number, againAtMs, bench), {
        category: 'wait',
        machine: machine.name,
      });
      // A moment for faults of a machine that is ready.
      await bench.step('the clone goes on in the field', () => undefined, { machine: machine.name });
    },
  };
}

/**
 * The image is never written: damage at rest goes into a copy, which the machine then uses as it is; else the machine has an overlay that ends with
 * it, or, where requests have to pass through the runner, a copy of its own.
 */
async function disksOf(
  profile: ProofProfile,
  faults: PlannedRecovery['faults'],
  imagePath: string,
  { step, workFolder: folder, signal }: Bench,
): Promise<CloneDisk[]> {
  const disks = await cloneDisks(profile, { imagePath, folder, name: drilledCloneName });
  if (!faults.some(({ declaration }) => declaration.disk === 'image')) return disks;
  const [{ name }, ...others] = disks as [CloneDisk, ...CloneDisk[]];
  const path = join(folder, `${name}.raw`);
  await step('the disk is copied', () => copySparse(imagePath, path, signal));
  return [{ name, path, writes: 'kept' }, ...others];
}

/** That it stays on is the clones' to tell; its plug is pulled, so that it is seen under its faults all the same. */
async function switchOff(running: RunningMachine, profile: ProofProfile, bench: Bench): Promise<void> {
  try {
    await shutDown(running, profile, bench);
  } catch (error) {
    if (!running.isOn || judge(error).error?.blame !== 'product') throw error;
    bench.note(`${running.name} did not go off, and its plug is pulled: ${inOneLine(error)}`);
    await running.cut();
  }
}

/** As long as moments need that are still to come; without any, the power cut comes when the seed says. */
async function stay(
  faults: PlannedRecovery['faults'],
  number: number,
  onSinceMs: number,
  { seed, signal }: Bench,
): Promise<void> {
  const drawnMs = number === 0 ? new SeededNumbers(`${seed} field`).below(longestStayMs) : 0;
  const restMs = longestWait(faults) - (performance.now() - onSinceMs);
  const hasWrites = faults.some(({ moment }) => moment.kind === 'write' || moment.kind === 'in-write');
  await delay(Math.max(drawnMs, restMs, hasWrites ? writesMs : 0), undefined, { signal });
}

/** From power-on until all moments at a time are past, in milliseconds. */
function longestWait(faults: PlannedRecovery['faults']): number {
  const times = faults.map(({ moment }) => (moment.kind === 'time' ? moment.afterMs + pastMs : 0));
  return Math.max(0, ...times);
}
