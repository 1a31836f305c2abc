import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AssayError, errorMessage, parseConfig } from '../../../foundation/index.ts';
import { scriptErrors } from '../errors.ts';
import { manifestLimitBytes, type PackageManifest, packageManifest } from './script-package.ts';

/**
 * Unpacks what another machine has sent into an empty folder, as it comes. No path leads out of it, and nothing in it is a
 * link.
 *
 * @returns The path of the script.
 * @throws SCRIPT_PACKAGE_REFUSED when it is none, is too large, or ends too early; what the source throws.
 */
export async function receivePackage(source: AsyncIterable<Buffer>, folder: string): Promise<string> {
  const bytes = new ByteSource(source);
  const manifest = readManifest(await bytes.line(manifestLimitBytes));
  for (const { path, sizeBytes, isExecutable } of manifest.files) {
    const place = join(folder, path);
    const file = await create(place, isExecutable ? 0o755 : 0o644);
    try {
      for await (const piece of bytes.take(sizeBytes, path)) await file.writeFile(piece);
    } catch (error) {
      throw isFileError(error) ? refused(`${path}: ${errorMessage(error)}`, error) : error;
    } finally {
      await file.close();
    }
  }
  await bytes.end();
  return join(folder, manifest.script);
}

function readManifest(line: string): PackageManifest {
  try {
    return parseConfig(packageManifest, JSON.parse(line), 'a package');
  } catch (error) {
    const got = error instanceof AssayError ? (error.facts.got ?? error.message) : errorMessage(error);
    throw refused(got, error);
  }
}

async function create(path: string, mode: number): Promise<FileHandle> {
  try {
    await mkdir(dirname(path), { recursive: true });
    return await open(path, 'wx', mode);
  } catch (error) {
    // Such as a file and a folder of the same name.
    throw refused(errorMessage(error), error);
  }
}

function isFileError(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT', 'EIO'].includes((error as NodeJS.ErrnoException).code ?? '');
}

function refused(got: string, cause?: unknown): Error {
  return scriptErrors.SCRIPT_PACKAGE_REFUSED({ tried: 'unpack what was sent', got }, cause);
}

/** A stream of bytes that is taken piece by piece. */
class ByteSource {
  readonly #source: AsyncIterator<Buffer>;
  #left: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async line(limitBytes: number): Promise<string> {
    const pieces: Buffer[] = [];
    for (let length = 0; length <= limitBytes; ) {
      const piece = await this.#next();
      if (piece === undefined) throw refused('an end in the middle of its first line');
      const at = piece.indexOf(0x0a);
      pieces.push(at === -1 ? piece : piece.subarray(0, at));
      length += piece.length;
      if (at === -1) continue;
      this.#left = piece.subarray(at + 1);
      return Buffer.concat(pieces).toString('utf8');
    }
    throw refused(`a first line of more than ${limitBytes} bytes`);
  }

  async *take(sizeBytes: number, what: string): AsyncGenerator<Buffer> {
    for (let wanted = sizeBytes; wanted > 0; ) {
      const piece = await this.#next();
      if (piece === undefined) throw refused(`an end ${wanted} bytes before that of ${what}`);
      this.#left = piece.subarray(wanted);
      yield piece.subarray(0, wanted);
      wanted -= Math.min(wanted, piece.length);
    }
  }

  async end(): Promise<void> {
    if ((await this.#next()) !== undefined) throw refused('more than the files that it lists');
  }

  /** Never an empty piece. */
  async #next(): Promise<Buffer | undefined> {
    let piece: Buffer | undefined = this.#left;
    this.#left = Buffer.alloc(0);
    while (piece?.length === 0) {
      const { value, done } = await this.#source.next();
      piece = done ? undefined : value;
    }
    return piece;
  }
}
