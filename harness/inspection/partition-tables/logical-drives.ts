import { type BootRecord, type BootRecordEntry, isExtended, isUsed, parseBootRecord } from './boot-record.ts';
import type { FindingList } from './finding-list.ts';
import { mostLogicalDrives } from './limits.ts';
import type { PartitionSource } from './partition-reading.ts';
import { readWhole } from './read-whole.ts';

/** A logical drive, in sectors of 512 bytes from the beginning of the disk. */
export interface LogicalDrive {
  entry: BootRecordEntry;
  firstSector: number;
}

/** What an extended partition holds. */
export interface LogicalDrives {
  drives: LogicalDrive[];
  /** Sectors of the boot records (EBR) that were found. */
  recordSectors: number[];
}

/**
 * Follows the chain of boot records in an extended partition as Linux does (block/partitions/msdos.c, parse_extended()), but only
 * within the partition, never twice through the same record, and at most {@link mostLogicalDrives} of them.
 */
export async function readLogicalDrives(
  source: PartitionSource,
  extended: BootRecordEntry,
  findings: FindingList,
): Promise<LogicalDrives> {
  const drives: LogicalDrive[] = [];
  const seen = new Set<number>();
  let sector: number | undefined = extended.firstSector;
  while (sector !== undefined) {
    const record = await readRecord(source, sector, findings);
    if (record === undefined) break;
    seen.add(sector);
    const found = drivesOf(record, sector, extended);
    judgeDrives(found, sector, extended, findings);
    drives.push(...found);
    sector = nextRecord(record, sector, extended, seen, findings);
  }
  return { drives, recordSectors: [...seen] };
}

async function readRecord(
  source: PartitionSource,
  sector: number,
  findings: FindingList,
): Promise<BootRecord | undefined> {
  const offsetBytes = sector * 512;
  const bytes = await readWhole(source, offsetBytes, 512);
  const record = bytes && parseBootRecord(bytes);
  if (record === undefined) {
    const got = bytes
      ? `ends in ${bytes.toString('hex', 510)}, not in 55aa`
      : 'lies beyond the end of the disk';
    const range = bytes && { offsetBytes, lengthBytes: 512 };
    findings.add('ebr-unreadable', `sector ${sector}`, `the boot record in sector ${sector} ${got}`, range);
  }
  return record;
}

/** The third and fourth entry "sometimes contain random garbage": they count only where they fit, as in Linux. */
function drivesOf(record: BootRecord, recordSector: number, extended: BootRecordEntry): LogicalDrive[] {
  return record.entries
    .filter((entry) => isUsed(entry) && !isExtended(entry))
    .map((entry) => ({ entry, firstSector: recordSector + entry.firstSector }))
    .filter((drive) => drive.entry.slot <= 2 || isWithin(drive, extended));
}

function isWithin({ firstSector, entry }: LogicalDrive, extended: BootRecordEntry): boolean {
  return (
    firstSector >= extended.firstSector &&
    firstSector + entry.sectorCount <= extended.firstSector + extended.sectorCount
  );
}

function judgeDrives(
  drives: LogicalDrive[],
  recordSector: number,
  extended: BootRecordEntry,
  findings: FindingList,
): void {
  for (const drive of drives.filter((drive) => !isWithin(drive, extended))) {
    const range = `sectors ${drive.firstSector} to ${drive.firstSector + drive.entry.sectorCount - 1}`;
    const bounds = `${extended.firstSector} to ${extended.firstSector + extended.sectorCount - 1}`;
    const evidence = `a logical drive takes ${range}, the extended partition ${bounds}`;
    findings.add('logical-outside-extended', `boot record in sector ${recordSector}`, evidence, {
      offsetBytes: recordSector * 512,
      lengthBytes: 512,
    });
  }
}

/** Links count from the beginning of the extended partition. */
function nextRecord(
  record: BootRecord,
  recordSector: number,
  extended: BootRecordEntry,
  seen: ReadonlySet<number>,
  findings: FindingList,
): number | undefined {
  const link = record.entries.find((entry) => isUsed(entry) && isExtended(entry));
  if (link === undefined) return undefined;
  const next = extended.firstSector + link.firstSector;
  const where = `boot record in sector ${recordSector}`;
  const range = { offsetBytes: recordSector * 512, lengthBytes: 512 };
  const evidence = `it leads to sector ${next}`;
  if (seen.has(next)) {
    findings.add('ebr-loop', where, `${evidence}, where the chain has been`, range);
    return undefined;
  }
  if (next >= extended.firstSector + extended.sectorCount) {
    const end = extended.firstSector + extended.sectorCount - 1;
    findings.add('ebr-outside', where, `${evidence}, the extended partition ends at ${end}`, range);
    return undefined;
  }
  if (seen.size >= mostLogicalDrives) {
    findings.add('ebr-chain-too-long', where, `${seen.size} boot records, and ${evidence}`, range);
    return undefined;
  }
  if (next < recordSector) findings.add('ebr-backward', where, evidence, range);
  return next;
}
