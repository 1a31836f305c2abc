import { hexOfLanes, laneCount } from './sector-hash.ts';

/** Where a state comes from: which kind, at which point, and a number that each kind reads in its own way. */
export interface StateOrigin {
  stratum: Stratum;
  point: number;
  detail: number;
}

/** The ways to choose states; see docs/explorer.md. */
export const strata = ['durable', 'complete', 'single-loss', 'torn', 'uniform'] as const;
export type Stratum = (typeof strata)[number];

const columns = 8;

/** States by their hash: each is kept once, with the first and the last point at which it may be left. */
export class DistinctStates {
  #lanes = new Int32Array(2048 * laneCount);
  /** First and last origin: stratum, point, detail each; how many uniform draws led to it; in which strata it is. */
  #facts = new Int32Array(2048 * columns);
  #table = new Int32Array(4096).fill(-1);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** The number of the state with this hash, which is added when it is new. */
  add(hash: Int32Array, stratum: number, point: number, detail: number): number {
    let place = this.#placeOf(hash, 0);
    let number = this.#table[place]!;
    if (number === -1) {
      if (this.#count * 2 >= this.#table.length) {
        this.#grow();
        place = this.#placeOf(hash, 0);
      }
      number = this.#count;
      this.#count += 1;
      this.#table[place] = number;
      this.#lanes.set(hash, number * laneCount);
      this.#facts.set([stratum, point, detail], number * columns);
    }
    // Of the latest point the first origin: the simplest way to say it.
    const at = number * columns;
    if (point > this.#facts[at + 4]!) {
      this.#facts[at + 3] = stratum;
      this.#facts[at + 4] = point;
      this.#facts[at + 5] = detail;
    }
    if (strata[stratum] === 'uniform') this.#facts[at + 6] = this.#facts[at + 6]! + 1;
    this.#facts[at + 7] = this.#facts[at + 7]! | (1 << stratum);
    return number;
  }

  first(number: number): StateOrigin {
    return this.#origin(number * columns);
  }

  /** Where most has been acknowledged. */
  last(number: number): StateOrigin {
    return this.#origin(number * columns + 3);
  }

  draws(number: number): number {
    return this.#facts[number * columns + 6]!;
  }

  strataOf(number: number): Stratum[] {
    const bits = this.#facts[number * columns + 7]!;
    return strata.filter((_, index) => (bits >>> index) & 1);
  }

  hex(number: number): string {
    return hexOfLanes(this.#lanes, number * laneCount);
  }

  #origin(at: number): StateOrigin {
    const [stratum, point, detail] = this.#facts.subarray(at, at + 3);
    return { stratum: strata[stratum!]!, point: point!, detail: detail! };
  }

  /** Where in the table this hash is, or its place if it were there. */
  #placeOf(hash: Int32Array, at: number): number {
    const mask = this.#table.length - 1;
    for (let place = hash[at]! & mask; ; place = (place + 1) & mask) {
      const number = this.#table[place]!;
      if (number === -1 || this.#isHashOf(number, hash, at)) return place;
    }
  }

  #isHashOf(number: number, hash: Int32Array, at: number): boolean {
    for (let lane = 0; lane < laneCount; lane += 1) {
      if (this.#lanes[number * laneCount + lane] !== hash[at + lane]) return false;
    }
    return true;
  }

  #grow(): void {
    const larger = (old: Int32Array) => {
      const grown = new Int32Array(old.length * 2);
      grown.set(old);
      return grown;
    };
    this.#lanes = larger(this.#lanes);
    this.#facts = larger(this.#facts);
    this.#table = new Int32Array(this.#table.length * 2).fill(-1);
    for (let number = 0; number < this.#count; number += 1) {
      this.#table[this.#placeOf(this.#lanes, number * laneCount)] = number;
    }
  }
}
