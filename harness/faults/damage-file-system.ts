import { type InspectOptions, inspectDisk } from '../witness/index.ts';
import type { DamageOptions } from './damage-pattern.ts';
import { faultsErrors } from './errors.ts';
import { type Injection, overwriteRanges } from './overwrite-ranges.ts';

/** Which file system `damageFileSystem` damages, how far, and how. */
export interface DamageFileSystemOptions
  extends DamageOptions,
    Pick<InspectOptions, 'layout' | 'scratchFolder'> {
  /** Its number, or its role when `layout` is given. */
  partition: number | string;
  /** `first`: the superblock that is used, which fsck can put back from its copies; `all`: those, too. */
  copies?: 'first' | 'all';
}

/**
 * Damages a file system at its root: the superblocks of ext4, or the boot sectors of FAT. By default only the first
 * copy. It is proved by the checker, which does not find the file system sound any more.
 *
 * @throws what the witness throws about a partition; FAULTS_TARGET_INVALID, FAULTS_NOT_WRITTEN, FAULTS_NO_EFFECT
 */
export async function damageFileSystem(
  diskPath: string,
  options: DamageFileSystemOptions,
): Promise<Injection> {
  const { partition, copies = 'first', how, seed, ...inspect } = options;
  const superblocks = await (async () => {
    await using disk = await inspectDisk(diskPath, inspect);
    return await (await disk.partition(partition)).superblocks();
  })();
  const target = `${copies === 'all' ? 'all superblocks' : 'the superblock'} of partition ${partition}`;
  const ranges = copies === 'all' ? superblocks : superblocks.slice(0, 1);
  const injection = await overwriteRanges(diskPath, ranges, target, { how, seed });
  await using disk = await inspectDisk(diskPath, inspect);
  const check = await (await disk.partition(partition)).check();
  if (!check.isSound) return injection;
  throw faultsErrors.FAULTS_NO_EFFECT({
    tried: `damage ${target} of ${diskPath}`,
    got: `a sound file system: ${check.report}`,
  });
}
