import { type BootRecord, type BootRecordEntry, isUsed, protectiveEntry } from './boot-record.ts';
import type { FindingList } from './finding-list.ts';
import type { TableClaims } from './partition-reading.ts';
import { mbrTableRange } from './read-mbr.ts';

/** Judges the MBR of a disk that has a GPT: whether it announces it, and what else it holds (UEFI 2.10, 5.2.3). */
export function judgeProtectiveMbr(
  record: BootRecord | undefined,
  gpt: TableClaims,
  diskBytes: number,
  findings: FindingList,
): void {
  const add = (kind: Parameters<FindingList['add']>[0], evidence: string) =>
    findings.add(kind, 'sector 0', evidence, mbrTableRange);
  const protective = record && protectiveEntry(record);
  if (protective === undefined) {
    const got = record ? 'none of its entries has the type 0xee' : 'it does not end in 55aa';
    add('protective-mbr-missing', `sector 0: ${got}`);
    return;
  }
  const { slot, firstSector, sectorCount } = protective;
  if (firstSector !== 1) add('protective-mbr-wrong', `entry ${slot} begins in sector ${firstSector}`);
  const others = record!.entries.filter((entry) => isUsed(entry) && !['0xee', '0x00'].includes(entry.type));
  if (others.length > 0) {
    add('hybrid-mbr', others.map(entryText).join('; '));
    judgeHybrid(others, gpt, findings);
    return;
  }
  const expected = Math.min(Math.floor(diskBytes / gpt.sectorBytes) - 1, 0xffffffff);
  if (sectorCount !== expected && sectorCount !== 0xffffffff) {
    add(
      'protective-mbr-size',
      `entry ${slot} has ${sectorCount} sectors, the disk has ${expected} behind the first`,
    );
  }
}

function entryText({ slot, type, firstSector, sectorCount }: BootRecordEntry): string {
  return `entry ${slot}, type ${type}, sectors ${firstSector} to ${firstSector + sectorCount - 1}`;
}

function judgeHybrid(others: BootRecordEntry[], gpt: TableClaims, findings: FindingList): void {
  const unit = BigInt(gpt.sectorBytes);
  for (const entry of others) {
    const startBytes = BigInt(entry.firstSector) * unit;
    const endBytes = startBytes + BigInt(entry.sectorCount) * unit;
    const isInGpt = gpt.partitions.some(
      (claim) => claim.startBytes === startBytes && claim.endBytes === endBytes,
    );
    if (isInGpt) continue;
    const evidence = `${entryText(entry)}: no partition of the GPT lies there`;
    findings.add('hybrid-mbr-disagrees', 'sector 0', evidence, mbrTableRange);
  }
}
