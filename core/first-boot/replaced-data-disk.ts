import { open } from 'node:fs/promises';
import type { Machine } from '../appliance/machine.ts';
import { derivePurposeUuid } from '../identity/system-id.ts';

/**
 * What a data disk without a readable signature is, beside a system disk that has one: `ours` (its file system has
 * the UUID that only this system gives, so just the signature was lost), `blank` (a new disk), or `foreign`.
 */
export async function judgeUnsignedDataDisk(
  machine: Machine,
  systemId: string,
): Promise<'ours' | 'blank' | 'foreign'> {
  const uuid = derivePurposeUuid(systemId, 'data2').replaceAll('-', '');
  const found = await readBytes(machine.device('data2')!, superblockOffsetBytes + 0x68, 16);
  if (found.toString('hex') === uuid) return 'ours';
  const beginning = await readBytes(machine.dataDisk!, 0, blankBytes);
  return beginning.length === blankBytes && beginning.every((byte) => byte === 0) ? 'blank' : 'foreign';
}

const superblockOffsetBytes = 1024;

/** A file system or a partition table shows within the first megabytes of a disk. */
const blankBytes = 4 * 1024 * 1024;

/** What is not there, such as the partition of an empty disk, has no bytes. */
async function readBytes(device: string, offsetBytes: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  try {
    await using file = await open(device, 'r');
    const { bytesRead } = await file.read(bytes, 0, length, offsetBytes);
    return bytes.subarray(0, bytesRead);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENXIO') return bytes.subarray(0, 0);
    throw error;
  }
}
