import { lstat, readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type ArchiveEntry, readManifest } from '../../recovery/archive-manifest.ts';
import { restoreTree, verifyArchive } from '../../recovery/restore-tree.ts';
import { scriptErrors } from '../errors.ts';
import { stepKind } from '../step-kind.ts';
import { type DiskMachine, diskMachine } from './disk-machine.ts';
import { filePlaceSchema, type OpenPlace, partitionPlaceSchema, withFilePlaces } from './file-place.ts';
import { assertSpace, roundToBlock } from './free-space.ts';
import { hashFile } from './sha256.ts';

const options = z.strictObject({
  archive: filePlaceSchema.describe('The archive: on a partition, a removable disk or the medium.'),
  folder: partitionPlaceSchema.describe('The folder that is brought back.'),
  exact: z.boolean().default(false).describe('Takes away what the archive does not have.'),
  verify: z
    .boolean()
    .default(true)
    .describe('Reads what was restored again, and compares it with its hashes.'),
});

/** Makes the kind `restore` (spec R10): the whole archive is read and found good before anything is changed. */
export function makeRestore(machine: DiskMachine) {
  return stepKind({
    name: 'restore',
    summary: 'bring a folder of a partition back from an archive',
    options,
    async run({ archive, folder, exact, verify }, context) {
      const requests = [
        { place: archive, use: 'read' },
        { place: folder, use: 'write' },
      ] as const;
      return await withFilePlaces(requests, machine, context, async ([source, target]) => {
        const { entries } = await readManifest(source!.path);
        const { signal } = context;
        await verifyArchive(source!.path, signal);
        await assertSpace(target!.path, await neededBytes(entries, target!.path), target!.words);
        await clearTheWay(entries, target!, exact);
        await restoreTree(source!.path, target!.path, { exact, owners: true, signal });
        if (verify) await compareWith(entries, target!, signal);
        return { entries: entries.length };
      });
    },
  });
}

/** Restores a folder. */
export const restore = makeRestore(diskMachine);

/** Growth, and once more the largest file: one that is replaced is there twice for a moment. */
async function neededBytes(entries: readonly ArchiveEntry[], folder: string): Promise<number> {
  let growth = 0;
  let largest = 0;
  for (const entry of entries) {
    if (entry.kind !== 'file') continue;
    const there = await lstat(join(folder, entry.path)).catch(() => undefined);
    growth += Math.max(0, roundToBlock(entry.sizeBytes) - (there?.isFile() ? there.size : 0));
    if (there !== undefined) largest = Math.max(largest, entry.sizeBytes);
  }
  return growth + largest;
}

/** A folder where a file belongs, or the reverse; and a link instead of a folder, which could lead anywhere. */
async function clearTheWay(
  entries: readonly ArchiveEntry[],
  target: OpenPlace,
  exact: boolean,
): Promise<void> {
  const inTheWay: string[] = [];
  for (const { path, kind } of entries) {
    if (inTheWay.some((above) => path.startsWith(`${above}/`))) continue;
    const there = await lstat(join(target.path, path)).catch(() => undefined);
    if (there !== undefined && there.isDirectory() !== (kind === 'directory')) inTheWay.push(path);
  }
  if (inTheWay.length > 0 && !exact) {
    const facts = { tried: 'restore an archive', where: target.words, got: inTheWay.join(', ') };
    throw scriptErrors.SCRIPT_FILE_IN_THE_WAY(facts);
  }
  for (const path of inTheWay) await rm(join(target.path, path), { recursive: true, force: true });
}

async function compareWith(
  entries: readonly ArchiveEntry[],
  { path: folder, words }: OpenPlace,
  signal: AbortSignal,
): Promise<void> {
  const differing: string[] = [];
  for (const entry of entries) {
    const path = join(folder, entry.path);
    const isSame =
      entry.kind === 'file'
        ? (await hashFile(path, signal)) === entry.sha256
        : entry.kind === 'directory' || (await readlink(path)) === entry.target;
    if (!isSame) differing.push(entry.path);
  }
  if (differing.length === 0) return;
  throw scriptErrors.SCRIPT_FILES_DIFFER({
    tried: 'read what was restored',
    where: words,
    got: differing.join(', '),
  });
}
