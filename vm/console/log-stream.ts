import { constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { LogTail } from './log-tail.ts';

/**
 * A serial port of QEMU as a byte stream: what comes is read from the log that QEMU writes, what is typed goes into
 * a named pipe that QEMU reads. The log is the record (design 11), and reading it is all there is to reading.
 */
export class LogStream extends Duplex {
  readonly #input: Socket;
  #tail: LogTail | undefined;
  /** How what is typed is written, where QEMU would lose what comes too fast. */
  pace: ((bytes: Buffer, write: (piece: Buffer) => Promise<void>) => Promise<void>) | undefined;

  /** The pipe has to be there; it is opened for reading, too, so that neither side waits for the other. */
  static async open(logPath: string, inputPipePath: string): Promise<LogStream> {
    const stream = new LogStream(openSync(inputPipePath, constants.O_RDWR | constants.O_NONBLOCK));
    stream.#tail = await LogTail.open(
      logPath,
      (bytes) => {
        if (!stream.push(bytes)) stream.#tail?.pause();
      },
      (error) => stream.destroy(error),
    );
    return stream;
  }

  private constructor(pipe: number) {
    super({ allowHalfOpen: false });
    this.#input = new Socket({ fd: pipe, readable: false, writable: true });
    // The machine's end says why; an error without a listener would end the runner.
    this.#input.on('error', () => undefined);
  }

  /** QEMU has ended: gives what it still wrote, then the end of the stream. */
  async finish(): Promise<void> {
    await this.#tail?.close();
    this.push(null);
    this.#input.destroy();
  }

  override _read(): void {
    this.#tail?.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.pace === undefined) {
      this.#input.write(chunk, done);
      return;
    }
    const write = async (piece: Buffer) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      this.#input.write(piece, (error) => (error ? reject(error) : resolve()));
      await promise;
    };
    // The machine's end says why it could not be typed; its stream ends by that.
    this.pace(chunk, write).then(
      () => done(),
      () => done(),
    );
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#input.destroy();
    void Promise.resolve(this.#tail?.close()).then(() => done(error));
  }
}
