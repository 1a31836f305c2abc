import { hash } from 'node:crypto';
import { mostChangedBlocks } from './divergence-limits.ts';

/** Changed blocks in the order of the disk: their numbers, where they lie, and what they hold now. A block on the edge of two places is there once for each. */
export class ChangedBlocks {
  #numbers = new Float64Array(1024);
  #places = new Uint16Array(1024);
  #hashes = new BigUint64Array(1024);
  #length = 0;
  #last = -1;
  readonly #counts: number[];
  readonly #most: number;
  /** All of them; a block of two places counts once. */
  total = 0;

  /** @param places How many there are. */
  constructor(places: number, most = mostChangedBlocks) {
    this.#counts = Array.from({ length: places }, () => 0);
    this.#most = most;
  }

  /** Whether there are more than those whose content is known. */
  get isCut(): boolean {
    return this.#counts.reduce((sum, count) => sum + count, 0) > this.#length;
  }

  /** In one place. */
  countIn(place: number): number {
    return this.#counts[place] ?? 0;
  }

  /** @param content Now, of the part of the block that lies in the place. */
  add(number: number, place: number, content: Buffer): void {
    if (number !== this.#last) this.total += 1;
    this.#last = number;
    this.#counts[place]! += 1;
    if (this.#length >= this.#most) return;
    if (this.#length === this.#numbers.length) this.#grow();
    this.#numbers[this.#length] = number;
    this.#places[this.#length] = place;
    this.#hashes[this.#length] = hash('sha256', content, 'buffer').readBigUInt64LE();
    this.#length += 1;
  }

  *[Symbol.iterator](): Generator<{ number: number; place: number; hash: bigint }> {
    for (let index = 0; index < this.#length; index += 1) {
      yield { number: this.#numbers[index]!, place: this.#places[index]!, hash: this.#hashes[index]! };
    }
  }

  #grow(): void {
    const length = this.#numbers.length * 2;
    const [numbers, places, hashes] = [this.#numbers, this.#places, this.#hashes];
    this.#numbers = new Float64Array(length);
    this.#places = new Uint16Array(length);
    this.#hashes = new BigUint64Array(length);
    this.#numbers.set(numbers);
    this.#places.set(places);
    this.#hashes.set(hashes);
  }
}
