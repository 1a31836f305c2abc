import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { vmErrors } from '../errors.ts';

/** Output that arrives within this time becomes one event of the recording. */
const coalesceMs = 8;
const coalesceLength = 32 * 1024;

/**
 * Writes a console as it happens into an asciicast v2 file (asciinema's format: a header line, then
 * `[seconds, code, data]` lines), so that it can be replayed with its timing, also when the runner was killed.
 * Power cycles of one machine go into one recording, with a marker for each.
 */
export class ConsoleRecorder {
  readonly path: string;
  readonly #file: WriteStream;
  readonly #startMs = performance.now();
  #pending = '';
  #pendingAtMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #failure: Error | undefined;
  /** Called once when the recording cannot go on, with VM_RECORDING_FAILED. */
  onFailure: ((error: Error) => void) | undefined;

  constructor(path: string, title: string) {
    this.path = path;
    this.#file = createWriteStream(path, { flags: 'wx', mode: 0o644 });
    this.#file.on('error', (cause) => this.#fail(cause));
    const header = { version: 2, width: 132, height: 40, timestamp: Math.floor(Date.now() / 1000), title };
    this.#file.write(`${JSON.stringify(header)}\n`);
  }

  /** What the machine printed. False when the disk is behind: wait for {@link drained} before reading on. */
  output(text: string): boolean {
    if (text === '') return true;
    if (this.#pending === '') this.#pendingAtMs = performance.now();
    this.#pending += text;
    if (this.#pending.length >= coalesceLength) return this.#flush();
    this.#timer ??= setTimeout(() => this.#flush(), coalesceMs);
    return true;
  }

  /** What was typed. */
  input(text: string): void {
    this.#flush();
    this.#event(performance.now(), 'i', text);
  }

  /** A moment that one wants to find again: power on, reset. */
  marker(label: string): void {
    this.#flush();
    this.#event(performance.now(), 'm', label);
  }

  /** Resolves when more may be written. */
  async drained(): Promise<void> {
    if (this.#file.writableNeedDrain && !this.#failure)
      await once(this.#file, 'drain').catch(() => undefined);
  }

  /** @throws VM_RECORDING_FAILED when something could not be written. */
  async close(): Promise<void> {
    this.#flush();
    await new Promise<void>((resolve) => {
      if (this.#file.destroyed) resolve();
      else this.#file.end(() => resolve());
      this.#file.once('error', () => resolve());
    });
    if (this.#failure) throw this.#failure;
  }

  #flush(): boolean {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#pending === '') return true;
    const text = this.#pending;
    this.#pending = '';
    return this.#event(this.#pendingAtMs, 'o', text);
  }

  #event(atMs: number, code: 'o' | 'i' | 'm', data: string): boolean {
    if (this.#failure || this.#file.destroyed) return true;
    const seconds = Math.max(0, (atMs - this.#startMs) / 1000).toFixed(6);
    return this.#file.write(`[${seconds}, "${code}", ${JSON.stringify(data)}]\n`);
  }

  #fail(cause: Error): void {
    if (this.#failure) return;
    this.#failure = vmErrors.VM_RECORDING_FAILED({ tried: `write ${this.path}`, got: cause.message }, cause);
    this.onFailure?.(this.#failure);
  }
}
