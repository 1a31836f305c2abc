import { createCipheriv, createHash } from 'node:crypto';

/** Numbers that follow from a seed: the same seed draws the same, on every machine. */
export class SeededNumbers {
  readonly #noise: ReturnType<typeof createCipheriv>;

  constructor(seed: string) {
    // A cipher's key stream, as in damage-pattern.ts.
    this.#noise = createCipheriv('aes-256-ctr', createHash('sha256').update(seed).digest(), Buffer.alloc(16));
  }

  /** A whole number from 0 to below `limit`, at most 2^47; its bias is below one in 2^16. */
  below(limit: number): number {
    return this.#noise.update(Buffer.alloc(8)).readUIntBE(0, 6) % limit;
  }

  /** One of several. */
  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }

  /** The same items in another order. */
  shuffle<Item>(items: readonly Item[]): Item[] {
    const shuffled = [...items];
    for (let index = shuffled.length - 1; index > 0; index -= 1) {
      const other = this.below(index + 1);
      [shuffled[index], shuffled[other]] = [shuffled[other]!, shuffled[index]!];
    }
    return shuffled;
  }
}
