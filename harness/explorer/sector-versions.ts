import { laneCount } from './sector-hash.ts';

/** What the base image has at a sector: the version before all others, whose contribution to any hash is zero. */
export const baseVersion = 0;

/**
 * Every content that the writes of a log give to sectors, one version each, numbered from 1 in the order of the log. A
 * state of the disk is a choice of one version for each sector. Sectors that nobody writes to have no place here.
 */
export class SectorVersions {
  /** The sectors that are written to; their places in this list are what other tables call slots. */
  readonly sectors: number[] = [];
  /** By version: the slot of its sector. */
  slots: Int32Array<ArrayBuffer>;
  /** By version: the version that the same sector had just before, if all writes reach the disk. */
  below: Int32Array<ArrayBuffer>;
  /** By version, {@link laneCount} each: its hash, zero where it is what the base image has. */
  lanes: Int32Array<ArrayBuffer>;
  #count = 1;
  readonly #slotBySector = new Map<number, number>();
  readonly #newest: number[] = [];

  constructor(expectedCount: number) {
    this.slots = new Int32Array(expectedCount + 1);
    this.below = new Int32Array(expectedCount + 1);
    this.lanes = new Int32Array((expectedCount + 1) * laneCount);
  }

  /** How many there are, the base's among them. */
  get count(): number {
    return this.#count;
  }

  hasSector(sector: number): boolean {
    return this.#slotBySector.has(sector);
  }

  /** Adds a version of a sector, with the hash zero. */
  add(sector: number): number {
    let slot = this.#slotBySector.get(sector);
    if (slot === undefined) {
      slot = this.sectors.push(sector) - 1;
      this.#slotBySector.set(sector, slot);
      this.#newest.push(baseVersion);
    }
    const version = this.#count;
    this.#count += 1;
    if (version >= this.slots.length) this.#grow();
    this.slots[version] = slot;
    this.below[version] = this.#newest[slot]!;
    this.#newest[slot] = version;
    return version;
  }

  /** Discards are not counted beforehand. */
  #grow(): void {
    const length = this.slots.length * 2;
    const larger = (old: Int32Array, size: number) => {
      const grown = new Int32Array(size);
      grown.set(old);
      return grown;
    };
    this.slots = larger(this.slots, length);
    this.below = larger(this.below, length);
    this.lanes = larger(this.lanes, length * laneCount);
  }
}
