import {
  type BootRecord,
  type BootRecordEntry,
  hasValidFlags,
  hexByte,
  isExtended,
  isUsed,
} from './boot-record.ts';
import type { FindingList } from './finding-list.ts';
import { readLogicalDrives } from './logical-drives.ts';
import type { ClaimedPartition, PartitionSource, TableClaims } from './partition-reading.ts';
import { mbrTypeName } from './type-names.ts';

/** Where an MBR has its disk signature and its table: what is before it is boot code (UEFI 2.10, table 5-1). */
export const mbrTableRange = { offsetBytes: 440, lengthBytes: 72 };

/** Reads the partitions of an MBR: its four entries, then logical drives from number 5 on, as Linux counts. */
export async function readMbr(
  source: PartitionSource,
  record: BootRecord,
  findings: FindingList,
): Promise<TableClaims> {
  judgeRecord(record, findings);
  const diskId = record.diskId.toString(16).padStart(8, '0');
  const used = record.entries.filter(isUsed);
  const claims = used.map((entry) =>
    claim(diskId, entry, entry.slot, entry.firstSector, isExtended(entry) ? 'extended' : 'primary'),
  );
  const tableRanges = [mbrTableRange];
  let number = 5;
  for (const extended of used.filter(isExtended)) {
    const { drives, recordSectors } = await readLogicalDrives(source, extended, findings);
    tableRanges.push(...recordSectors.map((sector) => ({ offsetBytes: sector * 512, lengthBytes: 512 })));
    for (const { entry, firstSector } of drives) {
      claims.push(claim(diskId, entry, number, firstSector, 'logical'));
      number += 1;
    }
  }
  for (const { number } of claims.filter(({ type }) => type === '0x00')) {
    findings.add('mbr-type-zero', `partition ${number}`, 'its type is 0x00', mbrTableRange);
  }
  return { table: 'mbr', sectorBytes: 512, diskId: `0x${diskId}`, partitions: claims, tableRanges };
}

function judgeRecord(record: BootRecord, findings: FindingList): void {
  const { entries } = record;
  const add = (kind: Parameters<FindingList['add']>[0], evidence: string) =>
    findings.add(kind, 'sector 0', evidence, mbrTableRange);
  const listed = (some: BootRecordEntry[]) => some.map(({ slot }) => `partition ${slot}`).join(', ');
  const used = entries.filter(isUsed);
  if (record.diskId === 0) add('mbr-disk-id-zero', 'the disk signature at byte 440 is 0x00000000');
  if (!hasValidFlags(record)) {
    const flags = entries.map(({ bootFlag }) => hexByte(bootFlag)).join(', ');
    add('mbr-boot-flag-invalid', `the boot flags of the four entries are ${flags}`);
  }
  if (used.length === 0) add('no-partitions', 'no entry of the MBR has a length');
  const active = used.filter(({ bootFlag }) => bootFlag === 0x80);
  if (active.length > 1) add('mbr-active-several', `active: ${listed(active)}`);
  if (active.length === 0 && used.length > 0) add('mbr-active-none', `not active: ${listed(used)}`);
  const extended = used.filter(isExtended);
  if (extended.length > 1) add('extended-several', `extended: ${listed(extended)}`);
  for (const { slot, type } of entries.filter((entry) => !isUsed(entry) && entry.type !== '0x00')) {
    findings.add('partition-empty', `entry ${slot} of the MBR`, `type ${type}, 0 sectors`, mbrTableRange);
  }
}

function claim(
  diskId: string,
  { bootFlag, type, sectorCount }: BootRecordEntry,
  number: number,
  firstSector: number,
  kind: ClaimedPartition['kind'],
): ClaimedPartition {
  const startBytes = BigInt(firstSector) * 512n;
  const typeName = mbrTypeName(type);
  return {
    ...{ number, kind, startBytes, endBytes: startBytes + BigInt(sectorCount) * 512n, type },
    ...(typeName === undefined ? {} : { typeName }),
    // libblkid gives none where the disk's signature is zero.
    ...(Number(`0x${diskId}`) === 0 ? {} : { uniqueId: `${diskId}-${number.toString(16).padStart(2, '0')}` }),
    isActive: bootFlag === 0x80,
  };
}
