import { sectorBytes } from '../../foundation/index.ts';
import type { WriteLog } from '../../vm/index.ts';
import type { CrashState } from './crash-state.ts';
import { epochsOf } from './epochs.ts';
import { explorerErrors } from './errors.ts';
import { laneCount } from './sector-hash.ts';
import { baseVersion } from './sector-versions.ts';
import type { HistoryEntry, WriteHistory } from './write-history.ts';

/** Neighbouring sectors of a state that come from one place: of the log, or zeros where a discard made them so. */
export interface SectorRun {
  firstSector: number;
  sectorCount: number;
  /** Null for zeros. */
  source: { entry: HistoryEntry; firstSector: number } | null;
}

/** By slot, the version that a state has; {@link baseVersion} where it is what the base image has. */
export type VersionsOfState = ReadonlyMap<number, number>;

/**
 * What a state has that the base image has not.
 *
 * @throws EXPLORER_STATE_INVALID when no power cut leaves such a state.
 */
export function versionsOfState(history: WriteHistory, state: CrashState): VersionsOfState {
  checkState(history, state);
  const { entries, versions } = history;
  const dropped = new Set(state.dropped);
  const chosen = new Map<number, number>();
  for (let index = 0; index < state.point; index += 1) {
    if (dropped.has(index)) continue;
    const { firstVersion, versionCount } = entries[index]!;
    const isTorn = index === state.point - 1 && state.tornSectors !== undefined;
    const count = isTorn ? state.tornSectors! : versionCount;
    for (let version = firstVersion; version < firstVersion + count; version += 1) {
      chosen.set(versions.slots[version]!, version);
    }
  }
  for (const [slot, version] of chosen) if (isOfBase(history, version)) chosen.delete(slot);
  return chosen;
}

/** Those sectors of a state, in ascending order, in runs as long as they lie together in the log. */
export function runsOf(history: WriteHistory, chosen: VersionsOfState): SectorRun[] {
  const { sectors } = history.versions;
  const slots = [...chosen.keys()].sort((one, other) => sectors[one]! - sectors[other]!);
  const runs: SectorRun[] = [];
  for (const slot of slots) {
    const sector = sectors[slot]!;
    const entry = entryOf(history, chosen.get(slot)!);
    const last = runs.at(-1);
    const isNext = last !== undefined && last.firstSector + last.sectorCount === sector;
    if (isNext && (last.source?.entry ?? null) === entry) {
      last.sectorCount += 1;
      continue;
    }
    const source = entry === null ? null : { entry, firstSector: sector - entry.firstSector };
    runs.push({ firstSector: sector, sectorCount: 1, source });
  }
  return runs;
}

/** The bytes of a run. */
export async function readRun(log: WriteLog, { source, sectorCount }: SectorRun): Promise<Buffer> {
  if (source === null) return Buffer.alloc(sectorCount * sectorBytes);
  return await log.readData(source.entry, source.firstSector, sectorCount);
}

function isOfBase({ versions }: WriteHistory, version: number): boolean {
  if (version === baseVersion) return true;
  for (let lane = 0; lane < laneCount; lane += 1) {
    if (versions.lanes[version * laneCount + lane] !== 0) return false;
  }
  return true;
}

/** The entry that holds the data of a version; null when it is a discard. */
function entryOf({ entries }: WriteHistory, version: number): HistoryEntry | null {
  let [low, high] = [0, entries.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (entries[middle]!.firstVersion > version) high = middle - 1;
    else low = middle;
  }
  // Entries without versions have the same first version as the one behind them, which is the one that is found.
  const entry = entries[low]!;
  return entry.isDiscard ? null : entry;
}

function checkState({ entries }: WriteHistory, { point, dropped, tornSectors }: CrashState): void {
  const refuse = (expected: string, got: string) =>
    explorerErrors.EXPLORER_STATE_INVALID({ tried: `make the state at point ${point}`, expected, got });
  if (point > entries.length) throw refuse(`a point from 0 to ${entries.length}`, String(point));
  const { changes } = epochsOf(entries).find(({ lastPoint }) => lastPoint >= point)!;
  const volatile = new Set(changes.filter(({ isFua }) => !isFua).map(({ index }) => index));
  const durable = dropped.find((index) => index >= point || !volatile.has(index));
  if (durable !== undefined) throw refuse('to lose writes after the last flush before the cut', `${durable}`);
  if (tornSectors === undefined) return;
  const last = entries[point - 1];
  const isWrite = last !== undefined && !last.isDiscard && last.versionCount > 0;
  if (isWrite && tornSectors > 0 && tornSectors < last.sectorCount && !dropped.includes(last.index)) return;
  throw refuse('the last entry to be a write that is longer than that', `torn after ${tornSectors} sectors`);
}
