import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { durably, renameDurably } from '../../../foundation/index.ts';

/** Owner and mode of a file. */
export interface FileAttributes {
  mode: number;
  uid: number;
  gid: number;
}

/** Begins the names of files that are not whole yet. */
export const unfinishedPrefix = '.assay-unfinished-';

/** Copies a file with its attributes so that a power cut leaves the old one or the new one; its folder is not synced. */
export async function copyFileDurably(
  from: string,
  to: string,
  attributes: FileAttributes,
  signal: AbortSignal,
): Promise<void> {
  await replaceFile(to, attributes, async (file) => {
    for await (const piece of createReadStream(from, { highWaterMark: 1 << 20, signal }))
      await file.writeFile(piece);
  });
}

/** Writes a file whole, with its attributes; see {@link copyFileDurably}. */
export async function writeWithAttributes(
  to: string,
  attributes: FileAttributes,
  bytes: Uint8Array,
): Promise<void> {
  await replaceFile(to, attributes, (file) => file.writeFile(bytes));
}

/** Makes a symbolic link in the place of whatever file or link is there. */
export async function linkDurably(target: string, path: string): Promise<void> {
  const temporaryPath = unfinishedPath(path);
  await symlink(target, temporaryPath);
  await rename(temporaryPath, path);
}

async function replaceFile(
  path: string,
  { mode, uid, gid }: FileAttributes,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const temporaryPath = unfinishedPath(path);
  try {
    await using file = await open(temporaryPath, 'wx', 0o600);
    await write(file);
    await file.chown(uid, gid);
    await file.chmod(mode & 0o7777);
    await durably('durable-copy.content', () => file.sync());
    await renameDurably(file, temporaryPath, path);
  } catch (error) {
    await rm(temporaryPath, { force: true });
    throw error;
  }
}

/** Short, for a name has at most 255 bytes, and beside the place, for a rename goes no further. */
function unfinishedPath(path: string): string {
  return join(dirname(path), `${unfinishedPrefix}${randomBytes(6).toString('hex')}`);
}

/** Whether two files have the same bytes. */
export async function isSameContent(one: string, other: string): Promise<boolean> {
  await using first = await open(one, 'r');
  await using second = await open(other, 'r');
  const buffers = [Buffer.alloc(1 << 20), Buffer.alloc(1 << 20)] as const;
  for (;;) {
    const [a, b] = await Promise.all([readFully(first, buffers[0]), readFully(second, buffers[1])]);
    if (!a.equals(b)) return false;
    if (a.length < buffers[0].length) return true;
  }
}

async function readFully(file: FileHandle, buffer: Buffer): Promise<Buffer> {
  let filled = 0;
  for (;;) {
    const { bytesRead } = await file.read(buffer, filled, buffer.length - filled);
    filled += bytesRead;
    if (bytesRead === 0 || filled === buffer.length) return buffer.subarray(0, filled);
  }
}
