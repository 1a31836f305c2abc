import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { relative } from 'node:path';
import type { DigestedFile } from './recording-file.ts';

const blockBytes = 1024 ** 2;
const zeros = Buffer.alloc(blockBytes);

/**
 * SHA-256 of a file's size, and of its blocks of 1 MiB that hold something, with their places: of a sparse disk little is
 * hashed. @throws what the file system says.
 */
export async function contentDigest(path: string): Promise<string> {
  await using file = await open(path, 'r');
  const hash = createHash('sha256').update(`${(await file.stat()).size}\n`);
  const buffer = Buffer.allocUnsafe(blockBytes);
  for (let at = 0; ; ) {
    const { bytesRead } = await file.read(buffer, 0, blockBytes, at);
    if (bytesRead === 0) return hash.digest('hex');
    const block = buffer.subarray(0, bytesRead);
    if (!block.equals(zeros.subarray(0, bytesRead))) hash.update(`${at}\n`).update(block);
    at += bytesRead;
  }
}

/** A file and what it holds; its path as seen from `folder`. @throws what the file system says. */
export async function digestedFile(path: string, folder: string): Promise<DigestedFile> {
  const { size } = await stat(path);
  return { path: relative(folder, path), sizeBytes: size, digest: await contentDigest(path) };
}
