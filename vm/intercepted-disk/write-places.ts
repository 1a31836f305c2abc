import { sectorBytes } from '../../foundation/index.ts';

/** Sectors of 512 bytes that lie together. */
export interface SectorRange {
  first: number;
  count: number;
}

/** Where each write since power on went, in order: eight bytes for each. */
export class WritePlaces {
  #firstAndCount = new Uint32Array(2048);
  #count = 0;

  /** How many there were. */
  get count(): number {
    return this.#count;
  }

  /** @returns the number of this write, counted from 1. */
  add(offsetBytes: number, lengthBytes: number): number {
    if (this.#count * 2 === this.#firstAndCount.length) {
      const larger = new Uint32Array(this.#firstAndCount.length * 2);
      larger.set(this.#firstAndCount);
      this.#firstAndCount = larger;
    }
    this.#firstAndCount[this.#count * 2] = offsetBytes / sectorBytes;
    this.#firstAndCount[this.#count * 2 + 1] = lengthBytes / sectorBytes;
    this.#count += 1;
    return this.#count;
  }

  /** How many of them touched these sectors. */
  countIn(sectors: SectorRange | undefined): number {
    if (sectors === undefined) return this.#count;
    let touching = 0;
    for (let index = 0; index < this.#count; index += 1) {
      const first = this.#firstAndCount[index * 2]!;
      const count = this.#firstAndCount[index * 2 + 1]!;
      if (first < sectors.first + sectors.count && sectors.first < first + count) touching += 1;
    }
    return touching;
  }
}

/** Whether a request touches these sectors; without any, it does. */
export function touches(
  { offsetBytes, lengthBytes }: { offsetBytes: number; lengthBytes: number },
  sectors: SectorRange | undefined,
): boolean {
  if (sectors === undefined) return true;
  const firstByte = sectors.first * sectorBytes;
  return offsetBytes < firstByte + sectors.count * sectorBytes && firstByte < offsetBytes + lengthBytes;
}
