interface Restart {
  /** On the clock of performance.now(). */
  atMs: number;
  /** In QEMU's words: `guest-reset`. */
  cause: string;
}

/** QEMU says up to three times in a row that one restart is one; no guest gets as far as the next in this time. */
const oneRestartMs = 500;

/** The times at which a guest restarted without anybody having asked for it: evidence for whoever waited meanwhile. */
export class GuestRestarts {
  readonly #restarts: Restart[] = [];

  add(cause: string): void {
    const last = this.#restarts.at(-1);
    if (last && performance.now() - last.atMs < oneRestartMs) return;
    this.#restarts.push({ atMs: performance.now(), cause });
  }

  /** A sentence that names them; undefined when there were none since then. */
  since(atMs: number): string | undefined {
    const restarts = this.#restarts.filter((restart) => restart.atMs >= atMs);
    if (restarts.length === 0) return undefined;
    const causes = [...new Set(restarts.map(({ cause }) => cause))].join(', ');
    const agoMs = performance.now() - restarts.at(-1)!.atMs;
    const count = restarts.length === 1 ? 'once' : `${restarts.length} times`;
    return `the guest restarted by itself ${count} (${causes}), last ${(agoMs / 1000).toFixed(1)} s before`;
  }
}
