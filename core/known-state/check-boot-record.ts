import { sectorBytes } from '../../foundation/index.ts';
import { alignmentBytes, allocateAligned } from '../factory/clone/aligned-memory.ts';
import { bootCodeBytes } from '../layout/partition-table.ts';
import { ioErrorCode, type OpenDisk, openDisk } from '../script/steps/hardware/disk-access.ts';
import type { LocatedDisk } from './configuration.ts';
import type { Integrity } from './decide-boot.ts';

/** What was found of the master boot record of one disk (spec B2). */
export interface BootRecordFinding {
  /** The disk's name in the layout. */
  disk: string;
  integrity: Integrity;
  /** What is wrong, in one line; empty when nothing is. */
  problem: string;
}

/** Offsets in a master boot record, and in an entry of its table. */
const tableOffsetBytes = 446;
const entryBytes = 16;
const activeFlag = 0x80;

/**
 * Looks at the boot records of all disks that hold system partitions. Never throws: a disk that is missing or cannot be
 * read is `unreadable`.
 *
 * @param expected Sector 0 by the disk's name, as it was built.
 */
export async function checkBootRecords(
  disks: readonly LocatedDisk[],
  expected: Readonly<Record<string, Buffer>>,
  open: OpenDisk = openDisk,
): Promise<BootRecordFinding[]> {
  const findings: BootRecordFinding[] = [];
  for (const disk of disks) findings.push(await checkBootRecord(disk, expected[disk.name], open));
  return findings;
}

async function checkBootRecord(
  { name: disk, device, problem = 'it is missing' }: LocatedDisk,
  expected: Buffer | undefined,
  open: OpenDisk,
): Promise<BootRecordFinding> {
  if (device === undefined) return { disk, integrity: 'unreadable', problem };
  if (expected === undefined)
    return { disk, integrity: 'damaged', problem: 'no boot record is known for it' };
  try {
    await using access = await open(device, 'read');
    const bytes = allocateAligned(alignmentBytes);
    const bytesRead = await access.read(bytes, 0);
    if (bytesRead < sectorBytes) return { disk, integrity: 'unreadable', problem: 'the disk gives nothing' };
    const differences = differencesOfRecord(bytes.subarray(0, sectorBytes), expected);
    const integrity = differences.length === 0 ? 'intact' : 'damaged';
    return { disk, integrity, problem: differences.join(', ') };
  } catch (error) {
    return { disk, integrity: 'unreadable', problem: `it cannot be read: ${ioErrorCode(error)}` };
  }
}

/** What differs between two master boot records, but for which one partition is active. Pure. */
export function differencesOfRecord(found: Buffer, expected: Buffer): string[] {
  const isSame = (from: number, to: number) => found.subarray(from, to).equals(expected.subarray(from, to));
  const flags = [0, 1, 2, 3].map((entry) => found[tableOffsetBytes + entry * entryBytes]!);
  const entriesDiffer = [0, 1, 2, 3].filter((entry) => {
    const startBytes = tableOffsetBytes + entry * entryBytes;
    return !isSame(startBytes + 1, startBytes + entryBytes);
  });
  const isFlagged = flags.every((flag) => flag === 0 || flag === activeFlag);
  return [
    ...(isSame(0, bootCodeBytes) ? [] : ['the boot code differs']),
    ...(isSame(bootCodeBytes, tableOffsetBytes) ? [] : ['the disk signature differs']),
    ...entriesDiffer.map((entry) => `entry ${entry + 1} of the partition table differs`),
    ...(isFlagged ? [] : ['the partition table has an impossible flag']),
    ...(flags.filter((flag) => flag === activeFlag).length <= 1 ? [] : ['more than one partition is active']),
    ...(isSame(sectorBytes - 2, sectorBytes) ? [] : ['the mark at its end is missing']),
  ];
}
