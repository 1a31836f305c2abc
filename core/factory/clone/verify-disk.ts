import { coreErrors } from '../../errors.ts';
import { allocateAligned } from './aligned-memory.ts';
import { blockBytes, blocksInFlight, forEachBlock } from './block-pipeline.ts';
import { assertSame } from './compare-blocks.ts';
import { type PassOptions, seenBy } from './copy-disk.ts';

/** Clones whose blocks are in memory at the same time; more are compared one after the other. */
const mostLanes = 4;

/**
 * Reads the master a second time and every clone back, past the page cache, and compares them byte for byte. It comes
 * after everything was written, so that a disk which writes over its own beginning (one that pretends to be larger
 * than it is) is found out, too.
 *
 * @param firstBlock The master's, as the copy got it: devices get theirs later.
 * @throws CORE_CLONE_MASTER_CHANGED when the master's first block is another one now.
 */
export async function verifyDisk(
  { master, group, hash, watch, signal, onBlock }: PassOptions,
  firstBlock: Buffer,
): Promise<void> {
  const lanes = Math.min(mostLanes, group.sound.length);
  const memory = Array.from({ length: blocksInFlight * lanes }, () => allocateAligned(blockBytes));
  let doneBytes = 0;
  await forEachBlock({
    sizeBytes: master.sizeBytes,
    read: (bytes, positionBytes, lengthBytes) => master.read(bytes, positionBytes, lengthBytes),
    signal,
    async handle(block, positionBytes, slot) {
      group.assertSound();
      hash?.update(block);
      const seen = seenBy(watch, block, positionBytes);
      if (positionBytes === 0) assertSameFirstBlock(master.path, firstBlock, block);
      const targets = group.sound.filter(
        ({ keepsFirstBlockForLast }) => !(keepsFirstBlockForLast && positionBytes === 0),
      );
      const compare = (target: (typeof targets)[number], lane: number) =>
        assertSame(target, block, positionBytes, memory[slot * lanes + lane]!);
      await group.forEach(targets, 'read the clone back', compare, lanes);
      await seen;
      doneBytes += block.length;
      onBlock(doneBytes);
    },
  });
}

function assertSameFirstBlock(path: string, first: Buffer, second: Buffer): void {
  if (second.equals(first)) return;
  throw coreErrors.CORE_CLONE_MASTER_CHANGED({
    tried: 'read the master again',
    where: `${path}, its first ${first.length} bytes`,
    expected: 'what was read before',
    got: 'other bytes',
  });
}
