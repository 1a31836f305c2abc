import type { Hash } from 'node:crypto';
import { allocateAligned } from './aligned-memory.ts';
import { blockBytes, forEachBlock } from './block-pipeline.ts';
import type { CloneTarget } from './clone-target.ts';
import type { MasterDisk } from './master-disk.ts';
import type { MasterWatch } from './master-guard.ts';
import type { TargetGroup } from './target-group.ts';
import { dataRuns } from './zero-runs.ts';

export interface PassOptions {
  master: MasterDisk;
  group: TargetGroup;
  /** Takes every byte of the master, in order. */
  hash?: Hash | undefined;
  /** Sees the same bytes. */
  watch?: MasterWatch | undefined;
  signal?: AbortSignal | undefined;
  /** Called after each block. */
  onBlock: (doneBytes: number) => void;
}

/**
 * Reads the master once and writes it to every target that is not a reflink of it; then everything is on the disks.
 *
 * @returns the master's first block.
 */
export async function copyDisk(options: PassOptions): Promise<Buffer> {
  const { master, group, hash, watch, signal, onBlock } = options;
  const firstBlock = allocateAligned(blockBytes).subarray(0, Math.min(blockBytes, master.sizeBytes));
  const tried = 'write the clone';
  let doneBytes = 0;
  await forEachBlock({
    // A group of nothing but reflinks needs no more than the first block, unless somebody wants to see it all.
    sizeBytes: hash || watch || hasCopies(group) ? master.sizeBytes : firstBlock.length,
    read: (memory, positionBytes, lengthBytes) => master.read(memory, positionBytes, lengthBytes),
    signal,
    async handle(block, positionBytes) {
      group.assertSound();
      hash?.update(block);
      const seen = seenBy(watch, block, positionBytes);
      if (positionBytes === 0) block.copy(firstBlock);
      const targets = group.sound.filter((target) => mustWrite(target, positionBytes));
      await group.forEach(targets, tried, (target) => writeBlock(target, block, positionBytes));
      await seen;
      doneBytes += block.length;
      onBlock(doneBytes);
    },
  });
  await group.forEach(group.sound, tried, (target) => target.sync());
  return firstBlock;
}

/** Its error is taken when it is awaited; until then it is not unhandled. */
export function seenBy(
  watch: MasterWatch | undefined,
  block: Buffer,
  positionBytes: number,
): Promise<void> | undefined {
  const seen = watch?.onBytes(positionBytes, block);
  seen?.catch(() => {});
  return seen;
}

function hasCopies(group: TargetGroup): boolean {
  return group.sound.some(({ method }) => method === 'copy');
}

function mustWrite({ method, keepsFirstBlockForLast }: CloneTarget, positionBytes: number): boolean {
  return method === 'copy' && !(keepsFirstBlockForLast && positionBytes === 0);
}

/**
 * Zeros are left out only where nothing else can be. The first block, in which the raw records lie, is always written
 * whole: a null signature is written, not presumed (spec M4).
 */
async function writeBlock(target: CloneTarget, block: Buffer, positionBytes: number): Promise<void> {
  const isWhole = !target.isFresh || positionBytes === 0;
  const runs = isWhole ? [{ start: 0, end: block.length }] : dataRuns(block);
  for (const { start, end } of runs) await target.write(block.subarray(start, end), positionBytes + start);
}
