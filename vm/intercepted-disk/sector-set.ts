/** Sectors that share one bitmap. */
const blockSectors = 2048;

/** A set of sectors, small where they lie together. */
export class SectorSet {
  readonly #blocks = new Map<number, Uint8Array>();

  /** @returns whether it was not in the set before. */
  add(sector: number): boolean {
    const blockNumber = Math.floor(sector / blockSectors);
    let block = this.#blocks.get(blockNumber);
    if (block === undefined) {
      block = new Uint8Array(blockSectors / 8);
      this.#blocks.set(blockNumber, block);
    }
    const within = sector % blockSectors;
    const bit = 1 << (within & 7);
    const isNew = (block[within >> 3]! & bit) === 0;
    block[within >> 3]! |= bit;
    return isNew;
  }
}
