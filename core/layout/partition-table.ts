import { sectorBytes } from '../../foundation/index.ts';
import { coreErrors } from '../errors.ts';
import type { ResolvedDisk, ResolvedPartition } from './resolve-layout.ts';

/** One sector to be written. */
export interface SectorWrite {
  sector: number;
  bytes: Buffer;
}

/** What a table says of a partition. */
export type TablePartition = Pick<
  ResolvedPartition,
  'number' | 'kind' | 'fileSystem' | 'firstSector' | 'sectors' | 'extendedBootRecordSector'
>;

/** What a table says of a disk. */
export interface TableDisk {
  partitions: readonly TablePartition[];
  extended?: NonNullable<ResolvedDisk['extended']>;
}

const typeCodes = { fat: 0x0e, ext4: 0x83, extended: 0x0f } as const;

const tableOffsetBytes = 446;
const entryBytes = 16;

/** Bytes of the boot code's place in a master boot record; the disk signature follows it. */
export const bootCodeBytes = 440;

/**
 * The sectors of an MBR partition table: sector 0, and one extended boot record per logical drive. No partition is
 * marked active: Assay's master boot record goes by the boot control record, and another loader has nothing to start.
 *
 * @param diskSignature The 32-bit number that tells disks apart; first boot renews it (spec M8).
 * @param bootCode Machine code for sector 0, at most 440 bytes; without it that room is zero.
 */
export function encodePartitionTable(
  disk: TableDisk,
  diskSignature: number,
  bootCode: Uint8Array = new Uint8Array(),
): SectorWrite[] {
  if (bootCode.length > bootCodeBytes) {
    throw coreErrors.CORE_BOOT_CODE_TOO_LARGE({
      tried: 'make the master boot record',
      expected: `at most ${bootCodeBytes} bytes`,
      got: `${bootCode.length} bytes`,
    });
  }
  const master = emptyTable();
  master.set(bootCode);
  master.writeUInt32LE(diskSignature >>> 0, bootCodeBytes);
  for (const { number, fileSystem, firstSector, sectors } of disk.partitions) {
    if (number <= 4) writeEntry(master, number - 1, typeCodes[fileSystem], firstSector, sectors);
  }
  if (disk.extended !== undefined) {
    writeEntry(master, 3, typeCodes.extended, disk.extended.firstSector, disk.extended.sectors);
  }
  return [{ sector: 0, bytes: master }, ...encodeLogicalDrives(disk)];
}

/** Each link says where its own drive lies, relative to itself, and where the next link is, relative to the first. */
function encodeLogicalDrives(disk: TableDisk): SectorWrite[] {
  const logical = disk.partitions.filter(({ kind }) => kind === 'logical');
  return logical.map((drive, index) => {
    const bytes = emptyTable();
    const sector = drive.extendedBootRecordSector!;
    writeEntry(bytes, 0, typeCodes[drive.fileSystem], drive.firstSector - sector, drive.sectors);
    const next = logical[index + 1];
    if (next !== undefined) writeLink(bytes, disk, next);
    return { sector, bytes };
  });
}

function writeLink(bytes: Buffer, disk: TableDisk, next: TablePartition): void {
  const nextSector = next.extendedBootRecordSector!;
  const lengthSectors = next.firstSector + next.sectors - nextSector;
  writeEntry(bytes, 1, 0x05, nextSector - disk.extended!.firstSector, lengthSectors);
}

function emptyTable(): Buffer {
  const bytes = Buffer.alloc(sectorBytes);
  bytes.writeUInt16LE(0xaa55, sectorBytes - 2);
  return bytes;
}

/**
 * Cylinder, head and sector say "see the LBA": no BIOS of this century reads them, and any value that pretended to a
 * geometry would be wrong on most disks.
 */
function writeEntry(
  table: Buffer,
  index: number,
  typeCode: number,
  firstSector: number,
  sectors: number,
): void {
  const offset = tableOffsetBytes + index * entryBytes;
  table.set([0x00, 0xfe, 0xff, 0xff, typeCode, 0xfe, 0xff, 0xff], offset);
  table.writeUInt32LE(firstSector, offset + 8);
  table.writeUInt32LE(sectors, offset + 12);
}
