import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { lstat, mkdir, open, readdir, readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress } from 'node:zlib';
import { syncFolder, writeFileDurably } from '../../foundation/durable-file.ts';
import { durably } from '../../foundation/durably.ts';
import { renameDurably } from '../../foundation/rename-durably.ts';
import { type ArchiveEntry, type ArchiveManifest, manifestText, objectPath } from './archive-manifest.ts';

export interface ArchiveOptions {
  /** Paths below the tree's root that stay out, with everything in them. `lost+found` always does. */
  exclude?: readonly string[];
  /** Owner of every entry; without it, the owners of the tree. Packages are made by users who are not root. */
  owner?: { uid: number; gid: number };
  /** Ends it between two pieces; the archive has no manifest then. */
  signal?: AbortSignal;
}

/**
 * Copies a tree into an archive, compressed and hashed. The manifest is written last and durably: an archive
 * that was cut off has none. What lay at `archivePath` is replaced.
 *
 * @returns What the archive holds.
 */
export async function archiveTree(
  treePath: string,
  archivePath: string,
  options: ArchiveOptions = {},
): Promise<ArchiveManifest> {
  await rm(archivePath, { recursive: true, force: true });
  await mkdir(join(archivePath, 'objects'), { recursive: true });
  const excluded = new Set(['lost+found', ...(options.exclude ?? [])]);
  const entries: ArchiveEntry[] = [];
  for (const path of await listTree(treePath, '', excluded)) {
    options.signal?.throwIfAborted();
    entries.push(await archiveEntry(treePath, path, archivePath, options));
  }
  const manifest: ArchiveManifest = { format: 'assay archive 1', entries };
  await durably('archive-tree.objects', () => syncFolder(join(archivePath, 'objects')));
  await writeFileDurably(join(archivePath, 'manifest.json'), manifestText(manifest));
  return manifest;
}

async function listTree(treePath: string, folder: string, excluded: Set<string>): Promise<string[]> {
  const found: string[] = [];
  const names = await readdir(join(treePath, folder));
  for (const name of names.sort()) {
    const path = folder === '' ? name : `${folder}/${name}`;
    if (excluded.has(path)) continue;
    found.push(path);
    const isFolder = (await lstat(join(treePath, path))).isDirectory();
    if (isFolder) found.push(...(await listTree(treePath, path, excluded)));
  }
  return found;
}

async function archiveEntry(
  treePath: string,
  path: string,
  archivePath: string,
  { owner, signal }: ArchiveOptions,
): Promise<ArchiveEntry> {
  const fullPath = join(treePath, path);
  const stats = await lstat(fullPath);
  const { uid, gid } = owner ?? stats;
  const base = { path, mode: stats.mode & 0o7777, uid, gid };
  if (stats.isDirectory()) return { ...base, kind: 'directory' };
  if (stats.isSymbolicLink()) return { ...base, kind: 'symlink', target: await readlink(fullPath) };
  const { sizeBytes, sha256 } = await storeObject(fullPath, archivePath, signal);
  return { ...base, kind: 'file', sizeBytes, sha256 };
}

/** The content decides the name, so it is hashed while it is compressed into a file that has none yet. */
async function storeObject(
  filePath: string,
  archivePath: string,
  signal: AbortSignal | undefined,
): Promise<{ sizeBytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const temporaryPath = join(archivePath, 'objects', 'unfinished');
  await pipeline(
    createReadStream(filePath, { highWaterMark: 1 << 20 }),
    async function* measure(source: AsyncIterable<Buffer>) {
      for await (const chunk of source) {
        hash.update(chunk);
        sizeBytes += chunk.length;
        yield chunk;
      }
    },
    createZstdCompress(),
    createWriteStream(temporaryPath),
    { signal },
  );
  const sha256 = hash.digest('hex');
  await using file = await open(temporaryPath, 'r');
  await durably('archive-tree.object', () => file.sync());
  await renameDurably(file, temporaryPath, objectPath(archivePath, sha256));
  return { sizeBytes, sha256 };
}
