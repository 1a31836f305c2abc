import type { Divergence } from '../../../reports/validation/proof-report.ts';
import type { CloneChanges } from './clone-changes.ts';
import { changedBlockBytes } from './divergence-limits.ts';

/**
 * How many blocks the clones have changed, where, and how many of them all of them to the same. Of one clone nothing is the same on all. Pure.
 */
export function compareBlocks(
  changes: readonly CloneChanges[],
): Pick<Divergence, 'blockBytes' | 'clones' | 'sameOnAllBlocks' | 'places'> {
  const same = sameOnAll(changes);
  const names = [...new Set(changes.flatMap(({ places }) => places))];
  const places = names.map((where) => ({
    where,
    changedBlocks: changes.reduce((most, clone) => Math.max(most, countIn(clone, where)), 0),
    sameOnAllBlocks: same.places.get(where) ?? 0,
  }));
  return {
    blockBytes: changedBlockBytes,
    clones: changes.map(({ name, blocks }) => ({ name, changedBlocks: blocks.total })),
    sameOnAllBlocks: same.total,
    places: places.filter(({ changedBlocks }) => changedBlocks > 0),
  };
}

function countIn({ places, blocks }: CloneChanges, where: string): number {
  return places.reduce((sum, name, place) => sum + (name === where ? blocks.countIn(place) : 0), 0);
}

/** Blocks come in the order of the disk, so that the clones are gone through side by side. */
function sameOnAll([first, ...others]: readonly CloneChanges[]): {
  total: number;
  places: Map<string, number>;
} {
  const same = { total: 0, places: new Map<string, number>() };
  if (first === undefined || others.length === 0) return same;
  const readers = others.map((clone) => ({ clone, blocks: new Reader(clone) }));
  let last = -1;
  for (const { number, place, hash } of first.blocks) {
    const where = first.places[place]!;
    // All of them are moved on, whatever the first of them says.
    const found = readers.map(({ blocks }) => blocks.has(number, where, hash));
    if (found.includes(false)) continue;
    if (number !== last) same.total += 1;
    last = number;
    same.places.set(where, (same.places.get(where) ?? 0) + 1);
  }
  return same;
}

type Entry = { number: number; place: number; hash: bigint };

/** Goes through the blocks of one clone once. */
class Reader {
  readonly #places: readonly string[];
  readonly #entries: Iterator<Entry>;
  #next: Entry | undefined;
  /** Those of the block that was asked for last. */
  #current: Entry[] = [];

  constructor({ places, blocks }: CloneChanges) {
    this.#places = places;
    this.#entries = blocks[Symbol.iterator]();
    this.#advance();
  }

  /** Numbers are asked for in order. */
  has(number: number, where: string, hash: bigint): boolean {
    if (this.#current[0]?.number !== number) this.#current = [];
    while (this.#next !== undefined && this.#next.number <= number) {
      if (this.#next.number === number) this.#current.push(this.#next);
      this.#advance();
    }
    return this.#current.some((entry) => entry.hash === hash && this.#places[entry.place] === where);
  }

  #advance(): void {
    const { value, done } = this.#entries.next();
    this.#next = done ? undefined : value;
  }
}
