import { lstat, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { durably, renameDurably, syncFolder } from '../../../foundation/index.ts';
import { type ArchiveEntry, readManifest } from '../../recovery/archive-manifest.ts';
import { archiveTree } from '../../recovery/archive-tree.ts';
import { verifyArchive } from '../../recovery/restore-tree.ts';
import { scriptErrors } from '../errors.ts';
import { stepKind } from '../step-kind.ts';
import { sayLeftOut } from './copy.ts';
import { type DiskMachine, diskMachine } from './disk-machine.ts';
import { filePlaceSchema, type OpenPlace, partitionPlaceSchema, withFilePlaces } from './file-place.ts';
import { listTree } from './list-tree.ts';

const options = z.strictObject({
  folder: partitionPlaceSchema.describe('The folder that is kept, with everything in it.'),
  archive: filePlaceSchema.describe(
    'The folder that becomes the archive: on a partition or a removable disk.',
  ),
  overwrite: z
    .boolean()
    .default(false)
    .describe('Replaces an archive that is there, when the new one is whole.'),
  verify: z
    .boolean()
    .default(true)
    .describe('Reads the archive again and compares every file with its hash.'),
});

/**
 * Makes the kind `back-up` (spec R10). The archive gets its name when it is whole, so that one that was cut off is not
 * taken for one, and an older one is only given up for a good one.
 */
export function makeBackUp(machine: DiskMachine) {
  return stepKind({
    name: 'back-up',
    summary: 'keep a folder of a partition in an archive',
    options,
    async run({ folder, archive, overwrite, verify }, context) {
      const requests = [
        { place: folder, use: 'read' },
        { place: archive, use: 'write' },
      ] as const;
      return await withFilePlaces(requests, machine, context, async ([tree, target]) => {
        await assertFolder(tree!);
        await assertFree(tree!, target!, overwrite);
        const leftOut = (await listTree(tree!.path, context.signal)).filter(({ kind }) => kind === 'special');
        const exclude = leftOut.map(({ path }) => path);
        sayLeftOut(exclude, context);
        const entries = await makeArchive(tree!.path, target!, { exclude, verify, signal: context.signal });
        const sizes = entries.map((entry) => (entry.kind === 'file' ? entry.sizeBytes : 0));
        const sizeBytes = sizes.reduce((sum, part) => sum + part, 0);
        return { entries: entries.length, sizeBytes, leftOut: exclude.length };
      });
    },
  });
}

/** Backs a folder up. */
export const backUp = makeBackUp(diskMachine);

async function assertFolder({ path, words }: OpenPlace): Promise<void> {
  const facts = await stat(path).catch(() => undefined);
  if (facts?.isDirectory()) return;
  const got = facts === undefined ? 'nothing' : 'no folder';
  throw scriptErrors.SCRIPT_FILE_MISSING({ tried: 'back up a folder', where: words, got });
}

/** Whatever is there and no archive is never taken away. */
async function assertFree(tree: OpenPlace, archive: OpenPlace, overwrite: boolean): Promise<void> {
  const refuse = (got: string, cause?: unknown) =>
    scriptErrors.SCRIPT_ARCHIVE_REFUSED({ tried: 'make an archive', where: archive.words, got }, cause);
  if (`${archive.path}/`.startsWith(`${tree.path}/`)) throw refuse(`a place inside of ${tree.words} itself`);
  const there = await lstat(archive.path).catch(() => undefined);
  if (there === undefined) return;
  if (there.isDirectory() && (await readdir(archive.path)).length === 0) return;
  await readManifest(archive.path).catch((error) => {
    throw refuse('something that is no archive', error);
  });
  if (!overwrite) throw refuse('an archive, and `overwrite` is not set');
}

interface ArchiveMaking {
  exclude: readonly string[];
  verify: boolean;
  signal: AbortSignal;
}

/** What is not whole goes away again: it may have filled the disk. */
async function makeArchive(
  treePath: string,
  { path, words }: OpenPlace,
  { exclude, verify, signal }: ArchiveMaking,
): Promise<readonly ArchiveEntry[]> {
  const unfinished = `${path}.unfinished`;
  await mkdir(dirname(path), { recursive: true });
  try {
    const { entries } = await archiveTree(treePath, unfinished, { exclude, signal });
    signal.throwIfAborted();
    if (verify) await verifyArchive(unfinished, signal);
    await putInPlace(unfinished, path);
    return entries;
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    throw scriptErrors.SCRIPT_SPACE_TOO_SMALL(
      { tried: 'make an archive', where: words, got: 'a full disk' },
      error,
    );
  }
}

async function putInPlace(unfinished: string, archivePath: string): Promise<void> {
  const old = `${archivePath}.old`;
  await rm(old, { recursive: true, force: true });
  await renameFolder(archivePath, old).catch((error) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await renameFolder(unfinished, archivePath);
  await durably('back-up.folder', () => syncFolder(dirname(archivePath)));
  await rm(old, { recursive: true, force: true });
}

async function renameFolder(from: string, to: string): Promise<void> {
  await using folder = await open(from, 'r');
  await renameDurably(folder, from, to);
}
