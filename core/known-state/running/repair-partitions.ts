import { join } from 'node:path';
import { checkPartition } from '../check-partition.ts';
import type { LocatedPartition } from '../configuration.ts';
import { knownStateErrors } from '../errors.ts';
import { readPartitionManifest } from '../partition-manifest.ts';
import { reasonOf } from '../reason-of.ts';
import { type RecoveryReport, recoverSystem } from '../recover-system.ts';
import { readBootStates } from '../state-store.ts';
import { changeStates } from './change-states.ts';
import { findPartition } from './find-partition.ts';
import { withLock } from './lock.ts';
import { type NotifySettings, readNotifySettings } from './notify-settings.ts';
import { ownBlocks } from './own-blocks.ts';
import { makeEvent, recordEvent } from './record-event.ts';
import { type OpenTools, openRecoveryTools } from './recovery-tools.ts';
import type { RunningSystem } from './running-system.ts';

export interface RepairOptions {
  /** The partitions to restore; by default those that are not OK or Clean, or not intact. */
  partitions?: readonly string[];
  signal?: AbortSignal;
  /** What happens, line by line. */
  log?(text: string): void;
  openTools?: OpenTools;
}

/**
 * Restores other partitions from the running one (spec B5, B6), without the medium: from its own blocks and the recovery
 * tools that it carries. Each is Dirty before it is written, and OK when all of it was read back.
 *
 * @returns undefined when nothing is broken.
 * @throws KNOWN_STATE_PARTITION_UNKNOWN, KNOWN_STATE_NO_RECOVERY_TOOLS, KNOWN_STATE_RECOVERY_FAILED,
 * KNOWN_STATE_MANIFEST_INVALID, KNOWN_STATE_BUSY.
 */
export async function repairPartitions(
  system: RunningSystem,
  {
    partitions = [],
    signal = new AbortController().signal,
    log = () => {},
    openTools = openRecoveryTools,
  }: RepairOptions = {},
): Promise<RecoveryReport | undefined> {
  for (const name of partitions) refuseOwn(system, findPartition(system, name).name);
  const options = { tried: 'repair system partitions', waitMs: 0 };
  return await withLock(join(system.places.runFolder, 'repair.lock'), options, async () => {
    const { settings } = await readNotifySettings(system.places.notifyPaths);
    const broken = partitions.length > 0 ? [...partitions] : await findBroken(system, signal, log);
    if (broken.length === 0) {
      log('nothing is broken');
      return undefined;
    }
    const report = await restore(system, broken, { signal, log, openTools }).catch(async (error) => {
      await record(system, settings, 'repair-failed', `${broken.join(', ')}: ${reasonOf(error)}`);
      throw error;
    });
    const restored = report.restored.map(({ partition }) => partition).join(', ');
    if (restored !== '')
      await record(system, settings, 'repaired', `${restored} restored from ${system.name}`);
    const problems = report.problems.map(({ partition, problem }) => `${partition}: ${problem}`);
    for (const problem of problems) await record(system, settings, 'repair-failed', problem);
    if (problems.length === 0) return report;
    const got = problems.join('\n            ');
    throw knownStateErrors.KNOWN_STATE_RECOVERY_FAILED({ tried: `restore ${broken.join(', ')}`, got });
  });
}

async function record(
  system: RunningSystem,
  settings: NotifySettings,
  event: 'repaired' | 'repair-failed',
  text: string,
): Promise<void> {
  await recordEvent(system, settings, makeEvent(system, event, text));
}

function refuseOwn({ name }: RunningSystem, partition: string): void {
  if (partition !== name) return;
  throw knownStateErrors.KNOWN_STATE_PARTITION_UNKNOWN({
    tried: `restore ${partition} from itself`,
    expected: 'another partition than the running one',
    got: partition,
    remedy: 'write its image anew with known-state update, or let the medium recover it',
  });
}

async function findBroken(
  system: RunningSystem,
  signal: AbortSignal,
  log: (text: string) => void,
): Promise<string[]> {
  const { located, openDisk: open, configuration, name: running } = system;
  const { states } = await readBootStates(located.partitions, open);
  const broken: string[] = [];
  for (const partition of located.partitions.filter(({ name }) => name !== running)) {
    const { name } = partition;
    const { state = 'unknown', reason = '' } = states?.partitions[name] ?? {};
    if (state !== 'OK' && state !== 'Clean') {
      log(`${name} is ${state}: ${reason}`);
      broken.push(name);
      continue;
    }
    const { integrity, problem } = await checkPartition(partition, {
      publicKey: configuration.publicKey,
      signal,
      open,
    });
    if (integrity === 'intact') continue;
    log(`${name} is ${integrity}: ${problem}`);
    broken.push(name);
  }
  return broken;
}

async function restore(
  system: RunningSystem,
  partitions: readonly string[],
  { signal, log, openTools }: Required<Omit<RepairOptions, 'partitions'>>,
): Promise<RecoveryReport> {
  const { located, openDisk: open, configuration } = system;
  const { publicKey } = configuration;
  const own = findPartition(system, system.name);
  await refuseDamaged(system, own, signal);
  await using tools = await openTools(system);
  await using disk = await open(own.device, 'read');
  const source = ownBlocks(own, disk, await readPartitionManifest(own, disk, publicKey), tools);
  return await recoverSystem({
    ...{ located, source, publicKey, partitions, signal, open, log },
    ...{ method: 'repair', isCounted: false },
    changeStates: async (change) => await changeStates(system, change),
  });
}

/** The recovery tools have boot records, which only the manifest of this partition vouches for. */
async function refuseDamaged(
  { name, openDisk: open, configuration }: RunningSystem,
  own: LocatedPartition,
  signal: AbortSignal,
): Promise<void> {
  const { publicKey } = configuration;
  const { integrity, problem } = await checkPartition(own, { publicKey, signal, open });
  if (integrity === 'intact') return;
  throw knownStateErrors.KNOWN_STATE_RECOVERY_FAILED({
    tried: `restore other partitions from ${name}`,
    got: `${name} is ${integrity} itself: ${problem}`,
    remedy: 'start from the recovery medium, which restores every partition',
  });
}
