import type { AttachedTogether } from '../../../reports/validation/proof-report.ts';
import type { Machine } from '../../../vm/index.ts';
import type { Bench } from '../../bench.ts';
import { judge } from '../../judge.ts';
import type { Scenario } from '../../scenario.ts';
import { countChangedBlocks } from '../divergence/describe-changes.ts';
import { cloneDisks } from './clone-disks.ts';
import { type CloneDisk, cloneHardware, cloneMachineSpec, type ProofProfile } from './clone-hardware.ts';
import { inOneLine } from './in-one-line.ts';
import { shutDown, startUntilReady } from './start-appliance.ts';
import { bootOrders } from './together-orders.ts';

export { togetherFindings } from './together-findings.ts';

/** What was seen with original and clone in one machine. */
export interface TogetherCollector {
  /** One for each order that was tried, in any order. */
  attached: AttachedTogether[];
  /** Orders of which nothing is known, for a reason that says nothing of the disk. */
  failures: { order: readonly string[]; text: string }[];
}

export function newTogetherCollector(): TogetherCollector {
  return { attached: [], failures: [] };
}

export interface TogetherOptions {
  /** The master; it is never written. */
  imagePath: string;
  profile: ProofProfile;
  /** Gets what is observed. */
  collector: TogetherCollector;
}

/** Beside the clones, which count from 1. */
const hardwareIndex = 0;
/** For counting what was written, twice, on a host that is busy. */
const countingMs = 300_000;

/**
 * The scenario of original and clone in one machine (spec H5): two disks with the same content, and other serial numbers, are attached; the firmware starts
 * the original, and in another machine the clone. Which of them is written then is counted. Not to become ready is noted only: it is a finding.
 */
export function togetherScenario(options: TogetherOptions): Scenario {
  const { limits, machine } = options.profile;
  const startMs = (limits.firstReady ?? limits.ready) + limits.shutDown + Math.max(60_000, limits.command);
  return {
    name: 'original-and-clone-in-one-machine',
    summary: 'with original and clone attached at once, what one of them is started from is what is written',
    tags: ['proof', 'together'],
    timeoutMs: bootOrders.length * startMs + countingMs,
    needs: { machines: 1, memoryMiB: Math.ceil(machine.memory / 1024 ** 2), cpus: machine.cpus },
    body: async (bench) => {
      options.collector.attached = [];
      options.collector.failures = [];
      for (const order of bootOrders) await tryOrder(bench, order, options);
    },
  };
}

async function tryOrder(bench: Bench, order: readonly string[], options: TogetherOptions): Promise<void> {
  const { imagePath, profile, collector } = options;
  try {
    const machine = await bench.machine(await specOf(bench, order, options));
    const started = await startAndStop(machine, profile, bench);
    const written = await bench.step('what was written is counted', async () => {
      const counts: AttachedTogether['written'] = [];
      for (const disk of bootOrders[0]!) {
        const { path } = machine.diskFiles.find(({ name }) => name === disk)!;
        counts.push({ disk, changedBlocks: await countChangedBlocks(imagePath, path, bench.signal) });
      }
      return counts;
    });
    collector.attached.push({ order: [...order], ...started, written });
  } catch (error) {
    collector.failures.push({ order, text: inOneLine(judge(error).error ?? error) });
    throw error;
  }
}

async function specOf(
  bench: Bench,
  order: readonly string[],
  { imagePath, profile }: TogetherOptions,
): Promise<Parameters<Bench['machine']>[0]> {
  const name = `${order[0]}-first`;
  const [, ...dataDisks] = await cloneDisks(profile, { imagePath, folder: bench.workFolder, name });
  const twins = bootOrders[0]!.map(
    (disk): CloneDisk => ({ name: disk, path: imagePath, writes: 'discarded' }),
  );
  return cloneMachineSpec(profile, {
    name,
    disks: [...twins, ...dataDisks],
    hardware: cloneHardware(bench.seed, hardwareIndex),
    bootOrder: [...order],
  });
}

/** It is off afterwards, in one way or another. */
async function startAndStop(
  machine: Machine,
  profile: ProofProfile,
  bench: Bench,
): Promise<Pick<AttachedTogether, 'readyMs' | 'failure'>> {
  let readyMs: number | undefined;
  try {
    const started = await startUntilReady(machine, profile, bench, { isFirst: true });
    readyMs = started.readyMs;
    await shutDown(started.running, profile, bench);
    return { readyMs };
  } catch (error) {
    const { error: judged } = judge(error);
    if (judged?.blame !== 'product') throw error;
    const text = inOneLine(judged);
    bench.note(`${machine.name}: ${text}`);
    if (machine.isOn) await machine.running!.cut();
    // That it does not go off is the clones' to tell.
    return readyMs === undefined ? { failure: text } : { readyMs };
  }
}
