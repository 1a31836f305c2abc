import { sectorBytes } from '../../foundation/index.ts';
import type { Place, PlaceMap } from './disk-places.ts';
import type { ReadOnlyFile } from './read-only-file.ts';

/** How two disks are compared. */
export interface CompareOptions {
  /** How many ranges are listed, 10 000 by default; all are counted. */
  limit?: number;
}

/** Sectors in a row that differ, all of one place. */
export interface DifferingRange {
  firstSector: number;
  sectorCount: number;
  place: Place;
}

/** Where two disks differ. */
export interface DiskComparison {
  isEqual: boolean;
  /** In rising order; the first ones where there are more than the limit. */
  ranges: DifferingRange[];
  /** Whether `ranges` holds all of them. */
  isComplete: boolean;
  differingSectors: number;
  /** How many sectors differ in each place that differs, by the place's name. */
  sectorsByPlace: Record<string, number>;
  sizesBytes: [number, number];
}

const stepBytes = 1024 ** 2;

/**
 * Compares two disks sector by sector, as far as both reach; what one has more counts as differing.
 * Memory is flat; where both have holes nothing is read.
 */
export async function compareFiles(
  one: ReadOnlyFile,
  other: ReadOnlyFile,
  places: PlaceMap,
  { limit = 10_000 }: CompareOptions = {},
): Promise<DiskComparison> {
  const collected = new Differences(places, limit);
  const commonBytes = Math.min(one.sizeBytes, other.sizeBytes);
  const longestBytes = Math.max(one.sizeBytes, other.sizeBytes);
  const [left, right] = [steps(one, commonBytes), steps(other, commonBytes)];
  for (let at = 0; at < commonBytes; at += stepBytes) {
    const [a, b] = [(await left.next()).value!, (await right.next()).value!];
    if ((a.isZero && b.isZero) || a.bytes.equals(b.bytes)) continue;
    for (let from = 0; from < a.bytes.length; from += sectorBytes) {
      const to = from + sectorBytes;
      if (!a.bytes.subarray(from, to).equals(b.bytes.subarray(from, to))) {
        collected.add(Math.floor((at + from) / sectorBytes), 1);
      }
    }
  }
  const commonSectors = Math.ceil(commonBytes / sectorBytes);
  const moreSectors = Math.ceil(longestBytes / sectorBytes) - commonSectors;
  if (moreSectors > 0) collected.add(commonSectors, moreSectors);
  return { ...collected.result(), sizesBytes: [one.sizeBytes, other.sizeBytes] };
}

interface Step {
  bytes: Buffer;
  isZero: boolean;
}

/** The file in steps of a mebibyte, so that two files go in step wherever their holes are. */
async function* steps(file: ReadOnlyFile, sizeBytes: number): AsyncGenerator<Step> {
  const memory = Buffer.alloc(stepBytes);
  let filled = 0;
  let isZero = true;
  for await (const { bytes, lengthBytes } of file.chunks(0, sizeBytes)) {
    let taken = 0;
    while (taken < lengthBytes) {
      const count = Math.min(lengthBytes - taken, stepBytes - filled);
      if (bytes === null) memory.fill(0, filled, filled + count);
      else {
        bytes.copy(memory, filled, taken, taken + count);
        isZero = false;
      }
      taken += count;
      filled += count;
      if (filled === stepBytes) {
        yield { bytes: memory, isZero };
        filled = 0;
        isZero = true;
      }
    }
  }
  if (filled > 0) yield { bytes: memory.subarray(0, filled), isZero };
}

/** Joins neighbouring sectors of one place into ranges. */
class Differences {
  readonly #places: PlaceMap;
  readonly #limit: number;
  readonly #ranges: DifferingRange[] = [];
  readonly #byPlace = new Map<string, number>();
  #last: DifferingRange | undefined;
  #total = 0;
  #rangeCount = 0;

  constructor(places: PlaceMap, limit: number) {
    this.#places = places;
    this.#limit = limit;
  }

  add(firstSector: number, sectorCount: number): void {
    const place = this.#places.at(firstSector);
    this.#total += sectorCount;
    this.#byPlace.set(place.name, (this.#byPlace.get(place.name) ?? 0) + sectorCount);
    const last = this.#last;
    if (
      last !== undefined &&
      last.firstSector + last.sectorCount === firstSector &&
      last.place.name === place.name
    ) {
      last.sectorCount += sectorCount;
      return;
    }
    this.#last = { firstSector, sectorCount, place };
    this.#rangeCount += 1;
    if (this.#rangeCount <= this.#limit) this.#ranges.push(this.#last);
  }

  result() {
    return {
      isEqual: this.#total === 0,
      ranges: this.#ranges,
      isComplete: this.#rangeCount <= this.#limit,
      differingSectors: this.#total,
      sectorsByPlace: Object.fromEntries(this.#byPlace),
    };
  }
}
