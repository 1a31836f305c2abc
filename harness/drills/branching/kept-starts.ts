import type { KeptState } from '../../../vm/index.ts';

/** A machine that was ready once, by the start that every drill of the same kind would begin with. */
export interface KeptStart {
  state: KeptState;
  /** The drill in which it was made. */
  drill: string;
  /** When it was made, milliseconds since 1970. */
  atMs: number;
}

/** Each takes the memory of its machine, and a copy of its disks. */
const mostKept = 4;

/** The first starts that the drills of a run share; they end with the run. */
export class KeptStarts implements AsyncDisposable {
  readonly #kept = new Map<string, KeptStart>();
  /** Of those that are kept, or are being made now. */
  readonly #taken = new Set<string>();

  /** What was kept of a start; the key says all that it depends on. */
  find(key: string): KeptStart | undefined {
    return this.#kept.get(key);
  }

  /** Whether the caller is the one to keep this start: the first who asks, as long as there is room. */
  mayMake(key: string): boolean {
    if (this.#taken.has(key) || this.#taken.size >= mostKept) return false;
    this.#taken.add(key);
    return true;
  }

  /** It was made. */
  add(key: string, kept: KeptStart): void {
    this.#kept.set(key, kept);
  }

  /** It was not, and the next one may try. */
  giveUp(key: string): void {
    this.#taken.delete(key);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // One that cannot be let go of does not keep the others.
    await using states = new AsyncDisposableStack();
    for (const { state } of this.#kept.values()) states.use(state);
    this.#kept.clear();
  }
}
