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

  /** Whether it is in the set. */
  has(sector: number): boolean {
    const block = this.#blocks.get(Math.floor(sector / blockSectors));
    const within = sector % blockSectors;
    return block !== undefined && (block[within >> 3]! & (1 << (within & 7))) !== 0;
  }

  /** Those that lie together, in ascending order. */
  *ranges(): Iterable<{ first: number; count: number }> {
    let range: { first: number; count: number } | undefined;
    for (const blockNumber of [...this.#blocks.keys()].sort((one, other) => one - other)) {
      for (let within = 0; within < blockSectors; within += 1) {
        const sector = blockNumber * blockSectors + within;
        if (!this.has(sector)) continue;
        if (range !== undefined && range.first + range.count === sector) {
          range.count += 1;
          continue;
        }
        if (range !== undefined) yield range;
        range = { first: sector, count: 1 };
      }
    }
    if (range !== undefined) yield range;
  }
}
