import { sectorBytes } from '../../../foundation/index.ts';
import { coreErrors } from '../../errors.ts';
import type { CloneTarget } from './clone-target.ts';

/**
 * Reads a block of a target back and compares it with what it has to be.
 *
 * @param memory At least as large as the block, aligned.
 * @throws CORE_CLONE_DIFFERS with the first byte that differs.
 */
export async function assertSame(
  target: Pick<CloneTarget, 'path' | 'read'>,
  expected: Buffer,
  positionBytes: number,
  memory: Buffer,
): Promise<void> {
  // The whole block is asked for, also at the end of the disk: O_DIRECT reads in whole units.
  const bytesRead = await target.read(memory, positionBytes);
  const got = memory.subarray(0, Math.min(bytesRead, expected.length));
  if (got.equals(expected)) return;
  const offset = firstDifference(expected, got);
  const position = positionBytes + offset;
  throw coreErrors.CORE_CLONE_DIFFERS({
    tried: 'read the clone back',
    where: `${target.path}, byte ${position} (sector ${Math.floor(position / sectorBytes)})`,
    expected: hex(expected, offset),
    got: offset < got.length ? hex(got, offset) : 'its end',
  });
}

function firstDifference(one: Buffer, other: Buffer): number {
  const index = other.findIndex((byte, position) => byte !== one[position]);
  return index === -1 ? other.length : index;
}

function hex(bytes: Buffer, offset: number): string {
  return `0x${bytes.toString('hex', offset, offset + 1)}`;
}
