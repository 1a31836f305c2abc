const intervalMs = 200;

/** Passes on the last line of a console, at most a few times a second, however fast it changes. */
export class LineTicker {
  readonly #report: (line: string) => void;
  #timer: NodeJS.Timeout | undefined;
  #reported = '';

  constructor(report: (line: string) => void) {
    this.#report = report;
  }

  tick(readLine: () => string): void {
    if (this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const line = readLine().trim();
      if (line === '' || line === this.#reported) return;
      this.#reported = line;
      this.#report(line);
    }, intervalMs).unref();
  }
}
