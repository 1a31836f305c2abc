import { type FSWatcher, watch } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

const chunkBytes = 256 * 1024;

/** So many looks at the file in a row come at once; a console that goes on printing is looked at less often. */
const promptLooks = 24;
const busyIntervalMs = 4;

/** Without news from the kernel the file is looked at all the same: nothing must ever hang on a lost event. */
const idleIntervalMs = 250;

/**
 * Reads a file that another process appends to, from its present end on, as the bytes come (inotify). QEMU writes a
 * console's log with one small write for every few characters; a reader of the log costs it nothing, where a socket
 * makes it wake the reader up each time.
 */
export class LogTail {
  readonly #file: FileHandle;
  readonly #watcher: FSWatcher;
  readonly #onBytes: (bytes: Buffer) => void;
  readonly #onError: (error: Error) => void;
  readonly #buffer = Buffer.allocUnsafeSlow(chunkBytes);
  #position: number;
  #reading: Promise<void> | undefined;
  #again = false;
  #paused = false;
  #closed = false;
  #looksInARow = 0;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param onBytes Called with every chunk, whose memory is its own.
   * @param onError Called when the file cannot be read any more.
   */
  static async open(
    path: string,
    onBytes: (bytes: Buffer) => void,
    onError: (error: Error) => void,
  ): Promise<LogTail> {
    const file = await open(path, 'a+', 0o600);
    return new LogTail(path, file, (await file.stat()).size, onBytes, onError);
  }

  private constructor(
    path: string,
    file: FileHandle,
    position: number,
    onBytes: (bytes: Buffer) => void,
    onError: (error: Error) => void,
  ) {
    this.#file = file;
    this.#position = position;
    this.#onBytes = onBytes;
    this.#onError = onError;
    this.#watcher = watch(path, { persistent: false }, () => this.#changed());
    // Without a watch (the host has only so many) the file is still looked at by the clock.
    this.#watcher.on('error', () => undefined);
    this.#lookIn(idleIntervalMs);
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#look();
  }

  /** Reads what is still there and ends; never rejects for what cannot be read. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#watcher.close();
    await this.#reading;
    this.#paused = false;
    await this.#readAll().catch(this.#onError);
    await this.#file.close();
  }

  #changed(): void {
    if (this.#looksInARow < promptLooks) this.#look();
  }

  #look(): void {
    if (this.#closed || this.#paused) return;
    if (this.#reading) {
      this.#again = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#again = false;
    this.#reading = this.#lookOnce().then(() => this.#looked(), this.#onError);
  }

  #looked(): void {
    this.#reading = undefined;
    if (this.#again) this.#changed();
    if (!this.#reading) this.#lookIn(this.#looksInARow > 0 ? busyIntervalMs : idleIntervalMs);
  }

  async #lookOnce(): Promise<void> {
    const before = this.#position;
    await this.#readAll();
    this.#looksInARow = this.#position > before ? this.#looksInARow + 1 : 0;
  }

  #lookIn(intervalMs: number): void {
    clearTimeout(this.#timer);
    if (!this.#closed) this.#timer = setTimeout(() => this.#look(), intervalMs).unref();
  }

  async #readAll(): Promise<void> {
    while (!this.#paused) {
      const { bytesRead } = await this.#file.read(this.#buffer, 0, chunkBytes, this.#position);
      if (bytesRead === 0) return;
      this.#position += bytesRead;
      this.#onBytes(Buffer.from(this.#buffer.subarray(0, bytesRead)));
    }
  }
}
