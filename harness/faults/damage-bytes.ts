import type { DamageOptions } from './damage-pattern.ts';
import { type Injection, overwriteRanges } from './overwrite-ranges.ts';

/** Which bytes `damageBytes` damages, and how. */
export interface DamageBytesOptions extends DamageOptions {
  /** The first byte, from the start of the disk. */
  at: number;
  /** How many bytes. */
  count: number;
}

/**
 * Damages bytes of a disk image: `damageBytes(disk, { at: 0, count: 512, how: 'zero' })` is a lost boot record. The
 * disk's machine has to be off, or is one whose disk rots under it.
 *
 * @throws FAULTS_TARGET_INVALID, FAULTS_NOT_WRITTEN, FAULTS_NO_EFFECT
 */
export function damageBytes(diskPath: string, options: DamageBytesOptions): Promise<Injection> {
  const { at, count, ...manner } = options;
  const ranges = [{ offsetBytes: at, lengthBytes: count }];
  return overwriteRanges(diskPath, ranges, `the bytes from ${at}`, manner);
}
