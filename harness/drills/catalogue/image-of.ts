import { stat } from 'node:fs/promises';
import { drillsErrors } from '../errors.ts';
import type { FaultTarget, FaultTargetDisk } from '../fault-declaration.ts';

/**
 * The disk that a fault at rest is about, of which it is sure that its raw sectors may be written: no device, no master that
 * was made read-only, and no overlay, whose bytes are QEMU's and not the disk's.
 *
 * @throws DRILLS_NOT_APPLICABLE
 */
export async function imageOf({ machine, disk }: FaultTarget): Promise<FaultTargetDisk> {
  const { name, path } = disk!;
  const refuse = (got: string) =>
    drillsErrors.DRILLS_NOT_APPLICABLE({
      tried: `damage disk ${name} of ${machine.name}`,
      where: path,
      expected: "a raw image that may be written to: a disk with writes: 'kept', or with intercepted: true",
      got,
    });
  if (path.endsWith('.overlay.qcow2')) throw refuse('the overlay of a disk whose writes are discarded');
  const facts = await stat(path);
  if (!facts.isFile()) throw refuse('it is no file');
  if ((facts.mode & 0o222) === 0) throw refuse('the file is read-only');
  return disk!;
}
