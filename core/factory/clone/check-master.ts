import { sectorBytes } from '../../../foundation/index.ts';
import { coreErrors } from '../../errors.ts';
import {
  type ManufacturingRecord,
  openRecords,
  recordFormat,
  recordKindNumbers,
} from '../../records/index.ts';
import { allocateAligned } from './aligned-memory.ts';
import type { MasterDisk } from './master-disk.ts';

/** Records lie before the first partition; a gap larger than this is not searched to its end. */
const searchedSectors = 8192;

const tableOffsetBytes = 446;

/**
 * Whether this is the disk that the last step of pre-install has left (spec M6): a partition table that fits the
 * disk, a manufacturing record that says `master`, and no signature (spec M4).
 *
 * @param role A data disk carries no manufacturing record.
 * @throws CORE_CLONE_NOT_A_MASTER naming everything that speaks against it.
 */
export async function checkMaster(master: MasterDisk, role: 'system' | 'data'): Promise<void> {
  const beginning = await readBeginning(master);
  const problems = [
    ...partitionProblems(beginning, master.sizeBytes),
    ...signatureProblems(beginning),
    ...(role === 'system' ? await stageProblems(master, beginning) : []),
  ];
  if (problems.length === 0) return;
  throw coreErrors.CORE_CLONE_NOT_A_MASTER({
    tried: 'look whether this is a finished master',
    where: master.path,
    got: problems.join('; '),
  });
}

async function readBeginning(master: MasterDisk): Promise<Buffer> {
  const memory = allocateAligned(searchedSectors * sectorBytes);
  const lengthBytes = Math.min(memory.length, master.sizeBytes);
  await master.read(memory, 0, lengthBytes);
  const endBytes = Math.min(lengthBytes, firstPartitionSector(memory) * sectorBytes);
  return memory.subarray(0, Math.max(sectorBytes, endBytes));
}

interface TableEntry {
  number: number;
  firstSector: number;
  sectors: number;
}

function tableEntries(masterBootRecord: Buffer): TableEntry[] {
  return [1, 2, 3, 4]
    .map((number) => ({ number, offset: tableOffsetBytes + (number - 1) * 16 }))
    .filter(({ offset }) => masterBootRecord[offset + 4] !== 0)
    .map(({ number, offset }) => ({
      number,
      firstSector: masterBootRecord.readUInt32LE(offset + 8),
      sectors: masterBootRecord.readUInt32LE(offset + 12),
    }));
}

function firstPartitionSector(beginning: Buffer): number {
  return Math.min(searchedSectors, ...tableEntries(beginning).map(({ firstSector }) => firstSector));
}

function partitionProblems(beginning: Buffer, diskBytes: number): string[] {
  if (beginning.readUInt16LE(sectorBytes - 2) !== 0xaa55) {
    return ['sector 0 is no master boot record'];
  }
  const entries = tableEntries(beginning).sort((a, b) => a.firstSector - b.firstSector);
  if (entries.length === 0) return ['the partition table is empty'];
  const diskSectors = Math.floor(diskBytes / sectorBytes);
  return entries.flatMap(({ number, firstSector, sectors }, index) => {
    const next = entries[index + 1];
    const end = firstSector + sectors;
    if (firstSector === 0 || sectors === 0) return [`partition ${number} is impossible`];
    if (end > diskSectors) return [`partition ${number} ends at sector ${end}, the disk at ${diskSectors}`];
    if (next !== undefined && end > next.firstSector) {
      return [`partitions ${number} and ${next.number} overlap`];
    }
    return [];
  });
}

/** Whatever calls itself a signature, be it damaged, makes a clone anything but new. */
function signatureProblems(beginning: Buffer): string[] {
  const sectors = sectorsOfKind(beginning, recordKindNumbers.signature);
  return sectors.length === 0 ? [] : [`there is a signature in sector ${sectors.join(', ')}`];
}

async function stageProblems(master: MasterDisk, beginning: Buffer): Promise<string[]> {
  const sectors = sectorsOfKind(beginning, recordKindNumbers.manufacturing);
  if (sectors.length === 0) return ['there is no manufacturing record before the first partition'];
  const slot = { kind: 'manufacturing', sectors } as const;
  await using records = await openRecords<ManufacturingRecord>(master.path, slot, { readOnly: true });
  const reading = await records.inspect();
  if (reading.state !== 'valid') return ['the manufacturing record is damaged'];
  const { stage } = reading.payload;
  return stage === 'master' ? [] : [`the manufacturing record says ${JSON.stringify(stage)}, not "master"`];
}

function sectorsOfKind(beginning: Buffer, kind: number): number[] {
  const magic = Buffer.from(recordFormat.magic, 'latin1');
  const sectors: number[] = [];
  for (let sector = 1; (sector + 1) * sectorBytes <= beginning.length; sector += 1) {
    const start = sector * sectorBytes;
    const isRecord = beginning.compare(magic, 0, magic.length, start, start + magic.length) === 0;
    if (isRecord && beginning.readUInt16LE(start + 10) === kind) sectors.push(sector);
  }
  return sectors;
}
