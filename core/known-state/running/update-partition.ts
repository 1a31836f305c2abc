import { join } from 'node:path';
import { failureWords } from '../../script/steps/failure-words.ts';
import { knownStateErrors } from '../errors.ts';
import { openPack, type Pack } from '../pack.ts';
import { type RestorationReport, restorePartition } from '../restore-partition.ts';
import { changeState } from './change-states.ts';
import { checkUpdatePack, findFallback } from './check-update.ts';
import { findPartition } from './find-partition.ts';
import { withLock } from './lock.ts';
import { type NotifySettings, readNotifySettings } from './notify-settings.ts';
import { preferredOrder } from './preferred-order.ts';
import { makeEvent, recordEvent } from './record-event.ts';
import type { RunningSystem } from './running-system.ts';

export interface UpdateOptions {
  /** The partition to write; by default the preferred one. */
  to?: string | undefined;
  signal?: AbortSignal;
  /** What happens, line by line. */
  log?(text: string): void;
}

/**
 * Writes another version of the system image to a partition (spec B7): everything is checked before, and the partition is
 * Dirty until all of it is written and was read back; then it is OK, and a restart starts it. The running system lives in
 * memory, so its own partition may be the one.
 *
 * @throws KNOWN_STATE_UPDATE_REFUSED when nothing was changed, KNOWN_STATE_UPDATE_FAILED when the partition is Dirty now,
 * KNOWN_STATE_PACK_INVALID, KNOWN_STATE_PARTITION_UNKNOWN, KNOWN_STATE_BUSY.
 */
export async function updatePartition(
  system: RunningSystem,
  packPath: string,
  { to, signal = new AbortController().signal, log = () => {} }: UpdateOptions = {},
): Promise<RestorationReport> {
  const { places, configuration } = system;
  const { settings } = await readNotifySettings(places.notifyPaths);
  const target = to ?? preferredOrder(configuration, settings).order[0]!;
  const options = { tried: `update ${target}`, waitMs: 0 };
  return await withLock(join(places.runFolder, 'repair.lock'), options, async () => {
    await using pack = await openPack(packPath);
    return await writeUpdate(system, target, pack, { settings, signal, log });
  });
}

async function writeUpdate(
  system: RunningSystem,
  target: string,
  pack: Pack,
  { settings, signal, log }: { settings: NotifySettings; signal: AbortSignal; log(text: string): void },
): Promise<RestorationReport> {
  const { publicKey } = system.configuration;
  const partition = findPartition(system, target);
  const { version } = await checkUpdatePack(partition, pack, publicKey);
  const fallback = await findFallback(system, target, signal);
  log(`version ${version} for ${target} is whole, and ${fallback} could be started in its place`);
  await changeState(system, target, 'Dirty', `update to ${version} in progress`);
  try {
    const report = await restorePartition(partition, {
      ...{ manifest: pack.manifests[target]!, source: pack, publicKey, signal, open: system.openDisk },
      ...{ method: 'repair', verify: true },
    });
    await changeState(system, target, 'OK', `updated to ${version}`);
    const { writtenBlocks } = report;
    const text = `${target} was updated to ${version}, ${writtenBlocks} ${writtenBlocks === 1 ? 'block' : 'blocks'}`;
    await recordEvent(system, settings, makeEvent(system, 'updated', text));
    log(`${target} holds version ${version}; a restart starts it: known-state reset`);
    return report;
  } catch (error) {
    const got = failureWords(error).split('\n')[0]!;
    const reason = `update to ${version} failed: ${got}`;
    await changeState(system, target, 'Dirty', reason).catch(() => {});
    await recordEvent(system, settings, makeEvent(system, 'update-failed', `${target}: ${reason}`));
    const tried = `update ${target} to ${version}`;
    throw knownStateErrors.KNOWN_STATE_UPDATE_FAILED({ tried, got }, error);
  }
}
