import { tellBeginning } from '../file-systems/known-beginnings.ts';
import type { DiskPartition } from '../place.ts';
import {
  type BootRecord,
  hasSignature,
  hasValidFlags,
  isUsed,
  parseBootRecord,
  parseWithoutSignature,
  protectiveEntry,
} from './boot-record.ts';
import { type FoundGpt, findGpt } from './find-gpt.ts';
import { FindingList } from './finding-list.ts';
import { judgeStrays } from './judge-gpt-headers.ts';
import { judgePlaces } from './judge-places.ts';
import { judgeProtectiveMbr } from './judge-protective-mbr.ts';
import { mostPartitions } from './limits.ts';
import type { PartitionReading, PartitionSource, TableClaims } from './partition-reading.ts';
import { findUnpartitioned, placePartitions } from './place-partitions.ts';
import { readGpt } from './read-gpt.ts';
import { mbrTableRange, readMbr } from './read-mbr.ts';
import { readWhole } from './read-whole.ts';
import { recogniseWholeDisk, type WholeDiskContent } from './whole-disk-content.ts';

/**
 * Reads how a disk is divided, and judges it (spec H5): MBR with logical drives (UEFI 2.10, 5.2), GPT with both copies (5.3), or none.
 * Whatever the disk holds ends in a reading; nothing is read outside of it, and its counts and chains only up to limits.
 *
 * @throws what `source.read` throws.
 */
export async function readPartitions(source: PartitionSource): Promise<PartitionReading> {
  const findings = new FindingList();
  const { sizeBytes } = source;
  const sector = await readWhole(source, 0, 512);
  if (sector === undefined) {
    findings.add('disk-too-small', 'the whole disk', `${sizeBytes} bytes`);
    return withoutTable(sizeBytes, findings);
  }
  if (sizeBytes % 512 !== 0) {
    findings.add(
      'disk-size-odd',
      'the whole disk',
      `${sizeBytes} bytes, ${sizeBytes % 512} more than whole sectors`,
    );
  }
  const content = await recogniseWholeDisk(source);
  const signed = parseBootRecord(sector);
  const gpt = await findGpt(source, signed);
  // What is left over of a GPT is no table; a whole one is what Linux goes by when the protective MBR is there.
  const isFree = content === undefined && gpt?.primary?.damage !== '';
  const unsigned = isFree ? unsignedTable(sector, sizeBytes) : undefined;
  if (unsigned !== undefined) {
    const evidence = `it ends in ${sector.toString('hex', 510)}, and its entries lie on the disk`;
    findings.add('mbr-signature-missing', 'sector 0', evidence, { offsetBytes: 510, lengthBytes: 2 });
  }
  const record = signed ?? unsigned;
  switch (tableOf(record, content, gpt, sizeBytes)) {
    case 'gpt': {
      const claims = gpt ? readGpt(gpt, sizeBytes, findings) : lostGpt(findings);
      judgeProtectiveMbr(record, claims, sizeBytes, findings);
      return withTable(claims, content, sizeBytes, findings);
    }
    case 'mbr': {
      const claims = await readMbr(source, record!, findings);
      judgeRemains(gpt, findings);
      return withTable(claims, content, sizeBytes, findings);
    }
    case 'none':
      judgeNoTable(sector, content, findings);
      judgeRemains(gpt, findings);
      return withoutTable(sizeBytes, findings);
  }
}

/**
 * Which table a disk has. A boot sector of FAT or NTFS ends in 55AA too: there Linux goes by the boot flags, which are code or zeros
 * then; here the entries have to make sense as well.
 */
function tableOf(
  record: BootRecord | undefined,
  content: WholeDiskContent | undefined,
  gpt: FoundGpt | undefined,
  diskBytes: number,
): PartitionReading['table'] {
  const isValid = record !== undefined && hasValidFlags(record);
  const isTable =
    isValid || (record !== undefined && content === undefined && isPlausible(record, diskBytes));
  if (record && protectiveEntry(record) && (gpt !== undefined || isTable)) return 'gpt';
  const isFilled = record?.entries.some((entry) => isUsed(entry) && entry.firstSector * 512 < diskBytes);
  if (isTable && isFilled) return 'mbr';
  if (content !== undefined) return 'none';
  if (gpt?.primary?.damage === '') return 'gpt';
  return isValid ? 'mbr' : 'none';
}

/** A table without 55AA behind it: nothing reads it, but what was meant is there to be looked at. */
function unsignedTable(sector: Buffer, diskBytes: number): BootRecord | undefined {
  if (hasSignature(sector)) return undefined;
  const record = parseWithoutSignature(sector);
  const isTable = record.entries.some(isUsed) && hasValidFlags(record) && isPlausible(record, diskBytes);
  return isTable ? record : undefined;
}

/** A table whose flags alone are damaged: all else of it lies on the disk. */
function isPlausible({ entries }: BootRecord, diskBytes: number): boolean {
  return entries
    .filter(isUsed)
    .every(
      ({ type, firstSector, sectorCount }) =>
        type !== '0x00' && firstSector > 0 && (firstSector + sectorCount) * 512 <= diskBytes,
    );
}

/** The MBR announces a GPT of which nothing is left. */
function lostGpt(findings: FindingList): TableClaims {
  findings.add(
    'gpt-damaged',
    'sector 1',
    'neither at the beginning nor at the end is a header that begins with EFI PART',
  );
  return { table: 'gpt', sectorBytes: 512, diskId: '', partitions: [], tableRanges: [mbrTableRange] };
}

function judgeRemains(gpt: FoundGpt | undefined, findings: FindingList): void {
  if (gpt === undefined) return;
  const copies = [gpt.primary, gpt.otherPrimary, gpt.backup, ...gpt.strays];
  judgeStrays(
    copies.filter((copy) => copy !== undefined),
    findings,
  );
}

function judgeNoTable(sector: Buffer, content: WholeDiskContent | undefined, findings: FindingList): void {
  if (content !== undefined) {
    const evidence = `signature of ${content.name} at byte ${content.offsetBytes}`;
    findings.add('file-system-without-table', 'the whole disk', evidence);
    return;
  }
  const evidence = sector.every((byte) => byte === 0)
    ? 'sector 0 is all zeros'
    : `sector 0: ${tellBeginning(sector)}; it ends in ${sector.toString('hex', 510)}`;
  findings.add('no-partition-table', 'sector 0', evidence, { offsetBytes: 0, lengthBytes: 512 });
}

function withTable(
  claims: TableClaims,
  content: WholeDiskContent | undefined,
  diskBytes: number,
  findings: FindingList,
): PartitionReading {
  const { table, sectorBytes, diskId, tableRanges } = claims;
  judgePlaces(claims, diskBytes, findings);
  const placed = placePartitions(claims, diskBytes, findings);
  judgeBeside(content, placed, findings);
  const unpartitioned = findUnpartitioned(placed, tableRanges, diskBytes, findings);
  const partitions = placed.filter(({ number }) => number <= mostPartitions);
  return { table, sectorBytes, diskId, partitions, unpartitioned, findings: findings.all() };
}

/** A hybrid ISO image has both on purpose; and what lies in a partition is the partition's. */
function judgeBeside(
  content: WholeDiskContent | undefined,
  placed: readonly DiskPartition[],
  findings: FindingList,
): void {
  if (content === undefined || content.name === 'ISO 9660') return;
  const isInside = placed.some(
    ({ kind, offsetBytes, sizeBytes }) =>
      kind !== 'extended' &&
      content.offsetBytes >= offsetBytes &&
      content.offsetBytes < offsetBytes + sizeBytes,
  );
  if (isInside) return;
  const evidence = `signature of ${content.name} at byte ${content.offsetBytes}, beside the table`;
  findings.add('file-system-beside-table', `byte ${content.offsetBytes}`, evidence);
}

function withoutTable(diskBytes: number, findings: FindingList): PartitionReading {
  const disk: DiskPartition = {
    ...{ number: 0, kind: 'whole-disk', offsetBytes: 0, sizeBytes: diskBytes, type: '', isActive: false },
  };
  return {
    ...{ table: 'none', sectorBytes: 512, diskId: '', unpartitioned: [] },
    partitions: diskBytes > 0 ? [disk] : [],
    findings: findings.all(),
  };
}
