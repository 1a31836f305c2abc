import type { FoundGpt } from './find-gpt.ts';
import type { FindingList } from './finding-list.ts';
import { type GptCopy, gptCopyRanges, readGuid } from './gpt-copy.ts';
import { judgeGptEntries } from './judge-gpt-entries.ts';
import { judgeGptHeaders } from './judge-gpt-headers.ts';
import { longestName } from './limits.ts';
import type { ClaimedPartition, TableClaims } from './partition-reading.ts';
import { printable } from './printable.ts';
import { mbrTableRange } from './read-mbr.ts';
import { gptTypeName } from './type-names.ts';

/** Reads the partitions of a GPT from its primary copy, or from the backup when that is damaged. */
export function readGpt(found: FoundGpt, diskBytes: number, findings: FindingList): TableClaims {
  const { primary, backup, sectorBytes } = found;
  const copies = [primary, backup].filter((copy) => copy !== undefined);
  const tableRanges = [mbrTableRange, ...copies.flatMap((copy) => gptCopyRanges(copy, diskBytes))];
  const chosen = copies.find(({ damage }) => damage === '');
  judgeGptHeaders(found, chosen, findings);
  if (chosen === undefined) return { table: 'gpt', sectorBytes, diskId: '', partitions: [], tableRanges };
  const partitions = readEntries(chosen);
  judgeGptEntries(chosen, partitions, findings);
  if (partitions.length === 0) {
    findings.add('no-partitions', 'GPT', `none of its ${chosen.header.entryCount} entries is used`);
  }
  return { table: 'gpt', sectorBytes, diskId: chosen.header.diskGuid, partitions, tableRanges };
}

/** UEFI 2.10, table 5-6; entries with a type of zeros are unused. */
function readEntries({ entryArray, header, sectorBytes }: GptCopy): ClaimedPartition[] {
  const partitions: ClaimedPartition[] = [];
  for (let index = 0; index < header.entryCount; index += 1) {
    const entry = entryArray!.subarray(index * header.entryBytes, (index + 1) * header.entryBytes);
    if (!isZero(entry, 16)) partitions.push(readEntry(entry, index + 1, sectorBytes));
  }
  return partitions;
}

function isZero(bytes: Buffer, length: number): boolean {
  return bytes.subarray(0, length).every((byte) => byte === 0);
}

function readEntry(entry: Buffer, number: number, sectorBytes: number): ClaimedPartition {
  const type = readGuid(entry, 0);
  const typeName = gptTypeName(type);
  const name = readName(entry);
  return {
    ...{ number, kind: 'gpt' as const },
    startBytes: entry.readBigUInt64LE(32) * BigInt(sectorBytes),
    endBytes: (entry.readBigUInt64LE(40) + 1n) * BigInt(sectorBytes),
    type,
    ...(typeName === undefined ? {} : { typeName }),
    uniqueId: readGuid(entry, 16),
    ...(name === '' ? {} : { name }),
    // Bit 2: legacy BIOS bootable (UEFI 2.10, table 5-8).
    isActive: (entry.readBigUInt64LE(48) & 4n) !== 0n,
  };
}

/** 36 characters of UTF-16, up to the first zero; what does not print is written out. */
function readName(entry: Buffer): string {
  const text = entry.toString('utf16le', 56, 128);
  const end = text.indexOf('\0');
  return printable(end < 0 ? text : text.slice(0, end), longestName);
}
