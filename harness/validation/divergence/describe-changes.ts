import type { ByteRange } from '../../inspection/finding.ts';
import { ImageSource } from '../../inspection/image-source.ts';
import { readPartitions } from '../../inspection/partition-tables/index.ts';
import { findChangedFiles } from './changed-files.ts';
import type { CloneChanges } from './clone-changes.ts';
import { openLayers } from './cloned-disk.ts';
import { areasOfDisk, type PartitionPair, pairPartitions } from './disk-areas.ts';
import { type FoundBlocks, findChangedBlocks } from './find-changed-blocks.ts';
import { unionOfExtents } from './union-of-extents.ts';

/**
 * Says what a clone has changed since it was the master: blocks whose content is another one, and files (spec H5). Neither is written to; only
 * what the overlay holds is compared, of a raw copy everything.
 *
 * @param diskPath The overlay (qcow2), or a raw copy, of a machine that is off.
 * @param options `name` is the clone's.
 * @throws DIVERGENCE_OVERLAY_UNREADABLE; INSPECTION_NOT_RAW of the master; WITNESS_DISK_UNREADABLE, WITNESS_DISK_CHANGED; FOUNDATION_TOOL_MISSING,
 * FOUNDATION_TOOL_FAILED; the signal's reason.
 */
export async function describeChanges(
  masterPath: string,
  diskPath: string,
  { name, signal }: { name: string; signal: AbortSignal },
): Promise<CloneChanges> {
  await using disks = await openDisks(masterPath, diskPath, signal);
  const { master, clone } = disks;
  const { pairs, places, blocks, outside, isOutsideCut } = await findBlocks(disks, signal);
  const touched = pairs.filter((_, index) => blocks.countIn(index + 1) > 0);
  const { files, missing, inUse } = await findChangedFiles(master, clone, touched, signal);
  await clone.assertUnchanged();
  if (blocks.isCut) missing.push(`${blocks.total} blocks have changed, too many to compare all of them`);
  if (isOutsideCut) missing.push(`${places[0]}: more stretches have changed than are listed`);
  return { name, places, blocks, outside, files, missing, inUse };
}

/**
 * How many blocks of 4096 bytes hold something else than on the master.
 *
 * @throws as {@link describeChanges}.
 */
export async function countChangedBlocks(
  masterPath: string,
  diskPath: string,
  signal: AbortSignal,
): Promise<number> {
  await using disks = await openDisks(masterPath, diskPath, signal);
  const { blocks } = await findBlocks(disks, signal);
  return blocks.total;
}

interface Disks extends AsyncDisposable {
  master: ImageSource;
  clone: ImageSource;
  /** Where the clone may differ from the master, in order. */
  written: () => AsyncGenerator<ByteRange>;
}

async function openDisks(masterPath: string, diskPath: string, signal: AbortSignal): Promise<Disks> {
  await using opening = new AsyncDisposableStack();
  const master = opening.use(await ImageSource.open(masterPath));
  const layers = await openLayers(masterPath, diskPath, signal);
  const clone = opening.use(
    layers === undefined ? await ImageSource.open(diskPath) : ImageSource.over(layers),
  );
  const opened = opening.move();
  return {
    ...{ master, clone },
    written: () => layers?.writtenRanges(signal) ?? unionOfExtents(master, clone, signal),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

async function findBlocks(
  { master, clone, written }: Disks,
  signal: AbortSignal,
): Promise<FoundBlocks & { pairs: PartitionPair[]; places: string[] }> {
  const tables = [await readPartitions(master), await readPartitions(clone)] as const;
  const pairs = pairPartitions(tables[0].partitions, tables[1].partitions);
  const { places, areas } = areasOfDisk(
    pairs.map(({ now }) => now),
    clone.sizeBytes,
  );
  return { pairs, places, ...(await findChangedBlocks(master, clone, written(), { areas, places, signal })) };
}
