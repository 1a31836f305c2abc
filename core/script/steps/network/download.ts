import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { durably, renameDurably, syncFolder } from '../../../../foundation/index.ts';

/** Gives the bytes of a file, or puts them at `temporaryPath` itself and gives nothing. */
export type OpenSource = (temporaryPath: string) => Promise<Readable | undefined>;

export interface Download {
  sizeBytes: number;
  sha256: string;
}

/** The bytes that came are not those that were wanted. */
export class WrongHash extends Error {
  readonly isFinal = true;
}

/**
 * Puts a file into its place when it is whole, on the disk, and the right one; before that it has a name of its own, and
 * what lies at `path` stays as it is.
 *
 * @param sha256 What its hash has to be, in hexadecimal digits.
 * @throws WrongHash; what the source throws; errors of the file system.
 */
export async function download(
  openSource: OpenSource,
  path: string,
  { sha256, signal }: { sha256?: string; signal: AbortSignal },
): Promise<Download> {
  await mkdir(dirname(path), { recursive: true });
  const temporaryPath = `${path}.${randomBytes(6).toString('hex')}.part`;
  try {
    const source = await openSource(temporaryPath);
    const done = await (source ? write(source, temporaryPath, signal) : read(temporaryPath, signal));
    if (sha256 !== undefined && done.sha256 !== sha256.toLowerCase()) {
      throw new WrongHash(
        `SHA-256 ${done.sha256} in ${done.sizeBytes} bytes, expected ${sha256.toLowerCase()}`,
      );
    }
    await using file = await open(temporaryPath, 'r');
    await renameDurably(file, temporaryPath, path);
    await durably('download.folder', () => syncFolder(dirname(path)));
    return done;
  } finally {
    await rm(temporaryPath, { force: true });
  }
}

async function write(source: Readable, path: string, signal: AbortSignal): Promise<Download> {
  const file = await open(path, 'wx');
  try {
    const done = await hashed(source, signal, async (bytes) => {
      await file.writeFile(bytes);
    });
    await durably('download.content', () => file.sync());
    return done;
  } finally {
    source.destroy();
    await file.close();
  }
}

async function read(path: string, signal: AbortSignal): Promise<Download> {
  const file = await open(path, 'r');
  try {
    await durably('download.given-file', () => file.sync());
  } finally {
    await file.close();
  }
  return await hashed(createReadStream(path), signal, async () => {});
}

async function hashed(
  source: Readable,
  signal: AbortSignal,
  consume: (bytes: Buffer) => Promise<void>,
): Promise<Download> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const bytes of source as AsyncIterable<Buffer>) {
    signal.throwIfAborted();
    hash.update(bytes);
    sizeBytes += bytes.length;
    await consume(bytes);
  }
  return { sizeBytes, sha256: hash.digest('hex') };
}
