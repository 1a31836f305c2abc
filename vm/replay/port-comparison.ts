import { type FileHandle, open } from 'node:fs/promises';

/** Where a replay has printed something else than was recorded. */
export interface PortDifference {
  port: string;
  offsetBytes: number;
  /** Some text around that place, JSON-quoted. */
  expected: string;
  got: string;
}

const chunkBytes = 64 * 1024;
const contextBytes = 60;

/** Compares what a port prints in a replay with what was recorded, as it comes. */
export class PortComparison {
  /** So many bytes were printed and are equal. */
  equalBytes = 0;
  readonly #port: string;
  readonly #recordedPath: string;
  readonly #replayedPath: string;

  constructor(port: string, recordedPath: string, replayedPath: string) {
    this.#port = port;
    this.#recordedPath = recordedPath;
    this.#replayedPath = replayedPath;
  }

  /** Looks at what has come since. A log that is not there yet is empty. @param isWhole Nothing more will come. */
  async look(isWhole: boolean): Promise<PortDifference | undefined> {
    await using recorded = await open(this.#recordedPath, 'r');
    await using replayed = await open(this.#replayedPath, 'a+');
    while (true) {
      const [expected, got] = [
        await piece(recorded, this.equalBytes),
        await piece(replayed, this.equalBytes),
      ];
      const length = Math.min(expected.length, got.length);
      const different = firstDifference(expected, got, length);
      this.equalBytes += different ?? length;
      const isTooLong = got.length > expected.length;
      const isTooShort = isWhole && got.length < expected.length;
      if (different !== undefined || isTooLong || isTooShort)
        return await this.#difference(recorded, replayed);
      if (length === 0) return undefined;
    }
  }

  async #difference(recorded: FileHandle, replayed: FileHandle): Promise<PortDifference> {
    const at = Math.max(0, this.equalBytes - contextBytes);
    const text = async (file: FileHandle) =>
      JSON.stringify((await piece(file, at, this.equalBytes - at + contextBytes)).toString('utf8'));
    return {
      port: this.#port,
      offsetBytes: this.equalBytes,
      expected: await text(recorded),
      got: await text(replayed),
    };
  }
}

async function piece(file: FileHandle, at: number, length = chunkBytes): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, at);
  return buffer.subarray(0, bytesRead);
}

function firstDifference(a: Buffer, b: Buffer, length: number): number | undefined {
  if (a.subarray(0, length).equals(b.subarray(0, length))) return undefined;
  const at = a.subarray(0, length).findIndex((byte, index) => byte !== b[index]);
  return at;
}
