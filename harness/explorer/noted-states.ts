/** Which states each crash point may leave, as numbers: four bytes for each time that a state was enumerated. */
export class NotedStates {
  #numbers = new Int32Array(4096);
  #count = 0;
  /** By point, where its numbers end. */
  readonly #ends: Int32Array;

  constructor(pointCount: number) {
    this.#ends = new Int32Array(pointCount);
  }

  /** Points come in their order, and each has a state: that with all its writes. */
  add(point: number, number: number): void {
    if (this.#count === this.#numbers.length) {
      const grown = new Int32Array(this.#numbers.length * 2);
      grown.set(this.#numbers);
      this.#numbers = grown;
    }
    this.#numbers[this.#count] = number;
    this.#count += 1;
    this.#ends[point] = this.#count;
  }

  /** Those of a point, equal ones as often as they were enumerated. */
  at(point: number): Int32Array {
    return this.#numbers.subarray(point === 0 ? 0 : this.#ends[point - 1]!, this.#ends[point]!);
  }
}
