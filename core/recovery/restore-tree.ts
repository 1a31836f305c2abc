import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, lchown, mkdir, open, readdir, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdDecompress } from 'node:zlib';
import { syncFolder } from '../../foundation/durable-file.ts';
import { durably } from '../../foundation/durably.ts';
import { renameDurably } from '../../foundation/rename-durably.ts';
import { coreErrors } from '../errors.ts';
import { type ArchiveEntry, objectPath, readManifest } from './archive-manifest.ts';

export interface RestoreOptions {
  /** Deletes what the archive does not hold; `lost+found` stays. */
  exact?: boolean;
  /** Gives every entry the owner the archive says; only root can. */
  owners?: boolean;
  /** Ends it between two pieces; what was restored before stays. */
  signal?: AbortSignal;
}

/**
 * Puts an archived tree back, byte for byte. Each file is written beside its place and only renamed into it once
 * its content has the right hash and is on the disk.
 *
 * @throws CORE_ARCHIVE_DAMAGED, naming the file; what was restored before it stays.
 */
export async function restoreTree(
  archivePath: string,
  treePath: string,
  options: RestoreOptions = {},
): Promise<void> {
  const { entries } = await readManifest(archivePath);
  if (options.exact) await removeOthers(treePath, '', new Set(entries.map(({ path }) => path)));
  await mkdir(treePath, { recursive: true });
  for (const entry of entries) {
    options.signal?.throwIfAborted();
    await restoreEntry(archivePath, treePath, entry, options);
  }
  const folders = entries.filter(({ kind }) => kind === 'directory').reverse();
  for (const { path, mode } of folders) {
    await chmod(join(treePath, path), mode);
    await durably('restore-tree.folder', () => syncFolder(join(treePath, path)));
  }
  await durably('restore-tree.root', () => syncFolder(treePath));
}

/**
 * Reads every object of an archive and compares it with its hash.
 *
 * @throws CORE_ARCHIVE_DAMAGED, naming the first file that differs.
 */
export async function verifyArchive(archivePath: string, signal?: AbortSignal): Promise<void> {
  const { entries } = await readManifest(archivePath);
  const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() });
  for (const entry of entries) {
    signal?.throwIfAborted();
    if (entry.kind === 'file') await copyObject(archivePath, entry, nowhere(), signal);
  }
}

async function removeOthers(treePath: string, folder: string, kept: Set<string>): Promise<void> {
  const entries = await readdir(join(treePath, folder), { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (path === 'lost+found') continue;
    if (!kept.has(path)) await rm(join(treePath, path), { recursive: true, force: true });
    else if (entry.isDirectory()) await removeOthers(treePath, path, kept);
  }
}

async function restoreEntry(
  archivePath: string,
  treePath: string,
  entry: ArchiveEntry,
  { owners = false, signal }: RestoreOptions,
): Promise<void> {
  const path = join(treePath, entry.path);
  if (entry.kind === 'directory') {
    await mkdir(path, { recursive: true });
  } else if (entry.kind === 'symlink') {
    await rm(path, { force: true });
    await symlink(entry.target, path);
  } else {
    const temporaryPath = join(dirname(path), '.assay-restoring');
    await copyObject(archivePath, entry, createWriteStream(temporaryPath), signal);
    await using file = await open(temporaryPath, 'r');
    // Before the mode, for a new owner takes set-user bits away, and both before the sync.
    if (owners) await file.chown(entry.uid, entry.gid);
    await file.chmod(entry.mode);
    await durably('restore-tree.content', () => file.sync());
    await renameDurably(file, temporaryPath, path);
  }
  if (owners && entry.kind !== 'file') await lchown(path, entry.uid, entry.gid);
}

async function copyObject(
  archivePath: string,
  entry: ArchiveEntry & { kind: 'file' },
  target: Writable,
  signal: AbortSignal | undefined,
): Promise<void> {
  const hash = createHash('sha256');
  const source = objectPath(archivePath, entry.sha256);
  try {
    await pipeline(
      createReadStream(source),
      createZstdDecompress(),
      async function* measure(content: AsyncIterable<Buffer>) {
        for await (const chunk of content) {
          hash.update(chunk);
          yield chunk;
        }
      },
      target,
      { signal },
    );
  } catch (error) {
    signal?.throwIfAborted();
    throw coreErrors.CORE_ARCHIVE_DAMAGED(
      { tried: `read ${entry.path}`, where: source, got: String(error) },
      error,
    );
  }
  const sha256 = hash.digest('hex');
  if (sha256 === entry.sha256) return;
  throw coreErrors.CORE_ARCHIVE_DAMAGED({
    tried: `read ${entry.path}`,
    where: source,
    expected: `SHA-256 ${entry.sha256}`,
    got: sha256,
  });
}
