import type { Epoch } from './epochs.ts';
import { laneCount } from './sector-hash.ts';
import type { SectorVersions } from './sector-versions.ts';
import type { HistoryEntry } from './write-history.ts';

/** One write of an epoch, as the states of the epoch need it. */
interface Change {
  entry: HistoryEntry;
  /** What it adds to a state's hash by sectors that nothing else in the epoch writes to: one sum for all of them. */
  alone: Int32Array;
  /** Its versions of sectors that others in the epoch write to, too: what they add depends on what else is kept. */
  contested: Int32Array;
}

/**
 * The hashes of the states of an epoch, one after the other, each by what distinguishes it from its neighbour: the disk is
 * never copied, and what many states have in common is added up once. {@link hash} is the hash of the state that was
 * asked for last.
 */
export class EpochStates {
  readonly hash = new Int32Array(laneCount);
  readonly changes: readonly Change[];
  readonly #versions: SectorVersions;
  /** By slot, what is durable at the epoch's start. */
  readonly #durable: Int32Array;
  readonly #durableHash: Int32Array;
  /** By slot, what the state that is being built has; valid where the mark is that of this state. */
  readonly #chosen: Int32Array;
  readonly #marks: Int32Array;
  #mark = 0;

  /** @param tables By slot: what is durable, and room for two tables more. They pass from epoch to epoch. */
  constructor(versions: SectorVersions, epoch: Epoch, tables: EpochTables) {
    this.#versions = versions;
    this.#durable = tables.durable;
    this.#durableHash = tables.durableHash;
    this.#chosen = tables.chosen;
    this.#marks = tables.marks.fill(0);
    this.changes = this.#prepare(epoch.changes);
  }

  /**
   * The state in which of the first changes only those reached the disk that are kept, in the order of the log.
   *
   * @param kept By change, 1 when it is kept.
   */
  choose(kept: Uint8Array, count: number): void {
    this.#mark += 1;
    this.hash.set(this.#durableHash);
    for (let index = 0; index < count; index += 1) {
      if (kept[index] === 0) continue;
      const { alone, contested } = this.changes[index]!;
      add(this.hash, alone);
      for (const version of contested) this.#put(version);
    }
  }

  /** What of a change at the place `index` the state of {@link choose} would lack without it; subtracted from its hash. */
  without(complete: Int32Array, index: number, newest: Int32Array): void {
    const { slots, below, lanes } = this.#versions;
    const { alone, contested } = this.changes[index]!;
    for (let lane = 0; lane < laneCount; lane += 1) {
      this.hash[lane] = complete[lane]! - alone[lane]!;
    }
    for (const version of contested) {
      if (newest[slots[version]!] !== version) continue;
      addDifference(this.hash, lanes, below[version]!, version);
    }
  }

  /**
   * The complete state without the last sectors of its last entry, from `keptSectors` on.
   *
   * @param before The `keptSectors` of the call before, of the same entry; it goes on from there, with fewer.
   */
  torn(
    complete: Int32Array,
    { firstVersion, versionCount }: HistoryEntry,
    keptSectors: number,
    before?: number,
  ) {
    const { below, lanes } = this.#versions;
    if (before === undefined) this.hash.set(complete);
    const end = firstVersion + (before ?? versionCount);
    for (let version = firstVersion + keptSectors; version < end; version += 1) {
      addDifference(this.hash, lanes, below[version]!, version);
    }
  }

  /** Adds a change to the complete state. */
  apply(complete: Int32Array, { firstVersion, versionCount }: HistoryEntry, newest: Int32Array): void {
    const { slots, below, lanes } = this.#versions;
    for (let version = firstVersion; version < firstVersion + versionCount; version += 1) {
      addDifference(complete, lanes, version, below[version]!);
      newest[slots[version]!] = version;
    }
  }

  #put(version: number): void {
    const { slots, lanes } = this.#versions;
    const slot = slots[version]!;
    const before = this.#marks[slot] === this.#mark ? this.#chosen[slot]! : this.#durable[slot]!;
    addDifference(this.hash, lanes, version, before);
    this.#chosen[slot] = version;
    this.#marks[slot] = this.#mark;
  }

  #prepare(entries: readonly HistoryEntry[]): Change[] {
    const { slots, lanes } = this.#versions;
    const writers = new Map<number, number>();
    for (const { firstVersion, versionCount } of entries) {
      for (let version = firstVersion; version < firstVersion + versionCount; version += 1) {
        const slot = slots[version]!;
        writers.set(slot, (writers.get(slot) ?? 0) + 1);
      }
    }
    return entries.map((entry) => {
      const alone = new Int32Array(laneCount);
      const contested: number[] = [];
      for (let index = 0; index < entry.versionCount; index += 1) {
        const version = entry.firstVersion + index;
        const slot = slots[version]!;
        if (writers.get(slot) === 1) addDifference(alone, lanes, version, this.#durable[slot]!);
        else contested.push(version);
      }
      return { entry, alone, contested: Int32Array.from(contested) };
    });
  }
}

/** By slot: what is durable, and two tables that states are built in. */
export interface EpochTables {
  durable: Int32Array;
  durableHash: Int32Array;
  chosen: Int32Array;
  marks: Int32Array;
}

function add(sum: Int32Array, lanes: Int32Array): void {
  for (let lane = 0; lane < laneCount; lane += 1) sum[lane] = sum[lane]! + lanes[lane]!;
}

/** Adds one version's hash and takes another's away. */
function addDifference(sum: Int32Array, lanes: Int32Array, added: number, taken: number): void {
  for (let lane = 0; lane < laneCount; lane += 1) {
    sum[lane] = sum[lane]! + lanes[added * laneCount + lane]! - lanes[taken * laneCount + lane]!;
  }
}
