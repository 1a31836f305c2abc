import { withoutLoopTalk } from './loop-talk.ts';

const maxLineLength = 400;

/** The last lines of a console, whoever matched or took them: evidence for errors, and what a live view shows. */
export class RecentLines {
  readonly #maxCount: number;
  #lines: string[] = [];
  #current = '';

  constructor(maxCount = 40) {
    this.#maxCount = maxCount;
  }

  push(text: string): void {
    // Of a long text only the end can be among the last lines.
    const parts = text.slice(-this.#maxCount * maxLineLength).split('\n');
    for (const [index, part] of parts.entries()) {
      if (index > 0) this.#endLine();
      this.#current = (this.#current + part).slice(0, maxLineLength);
    }
  }

  /** The last line that is not empty, complete or not. */
  get last(): string {
    return this.tail().findLast((line) => line.trim() !== '') ?? '';
  }

  /** The last `count` lines, oldest first. */
  tail(count = this.#maxCount): string[] {
    return withoutLoopTalk(this.whole).slice(-count);
  }

  /** All that is kept, with what Assay and its command loop say to each other. */
  get whole(): string[] {
    return this.#current === '' ? this.#lines : [...this.#lines, this.#current];
  }

  #endLine(): void {
    this.#lines.push(this.#current);
    if (this.#lines.length > 2 * this.#maxCount) this.#lines = this.#lines.slice(-this.#maxCount);
    this.#current = '';
  }
}
