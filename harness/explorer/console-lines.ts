/** No line that acknowledges something is longer. */
const longestLine = 16 * 1024;

/** Finds the lines of a console that match, each as soon as it is whole. */
export class ConsoleLines {
  readonly #patterns: readonly RegExp[];
  readonly #onLine: (line: string) => void;
  #begun = '';

  constructor(patterns: readonly RegExp[], onLine: (line: string) => void) {
    this.#patterns = patterns;
    this.#onLine = onLine;
  }

  push(text: string): void {
    const lines = (this.#begun + text).split('\n');
    this.#begun = lines.pop()!.slice(-longestLine);
    for (const line of lines) {
      if (this.#patterns.some((pattern) => pattern.test(line))) this.#onLine(line.trim());
    }
  }
}
