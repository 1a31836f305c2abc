import { type FatBootSector, parseFatBootSector } from './fat-boot-sector.ts';
import type { PartitionReader } from './partition-reader.ts';
import { printable } from './printable.ts';
import { bytesOf, factsOf, present, type Recogniser } from './recognition.ts';

const sectorBytes = 512;
const entryBytes = 32;
const volumeLabel = 0x08;
const longNamePart = 0x0f;

/** FAT12, FAT16 and FAT32 (Microsoft FAT specification 1.03). */
export const recogniseFat: Recogniser = async (reader) => {
  const boot = parseFatBootSector(await reader.read(0, sectorBytes));
  if (boot === undefined) return undefined;
  const label = (await labelInRoot(reader, boot)) ?? boot.label;
  return {
    type: boot.type,
    ...present({ uuid: boot.serial, label, sizeBytes: boot.sizeBytes }),
    blockBytes: boot.clusterBytes,
    state: boot.isDirty || (await isMarkedInTable(reader, boot)) ? 'in-use' : 'clean',
    facts: factsOf({ 'made by': boot.madeBy }),
    contradictions: boot.contradictions,
  };
};

/** udev takes the label from the root folder, where `fatlabel` keeps it. Only the beginning of the folder is looked at. */
async function labelInRoot(reader: PartitionReader, boot: FatBootSector): Promise<string | undefined> {
  const bytes = await reader.read(boot.rootOffsetBytes, 4096);
  for (let at = 0; at + entryBytes <= bytes.length && bytes[at] !== 0; at += entryBytes) {
    const kind = bytes[at + 11]! & 0x3f;
    if (bytes[at] === 0xe5 || kind === longNamePart || (kind & volumeLabel) === 0) continue;
    return printable(bytes.subarray(at, at + 11)).trimEnd();
  }
  return undefined;
}

/** The second entry of the table has a bit that is taken away while it is mounted (FAT specification 1.03, section 4); FAT12 has none. */
async function isMarkedInTable(
  reader: PartitionReader,
  { type, tableOffsetBytes }: FatBootSector,
): Promise<boolean> {
  const bytes = await reader.read(tableOffsetBytes, 8);
  if (bytes.length < 8 || type === 'fat12') return false;
  return type === 'fat16'
    ? (bytes.readUInt16LE(2) & 0x8000) === 0
    : (bytes.readUInt32LE(4) & 0x08000000) === 0;
}

/** exFAT (Microsoft exFAT specification, section 3.1). */
export const recogniseExfat: Recogniser = async (reader) => {
  const bytes = await reader.read(0, sectorBytes);
  if (bytes.length < sectorBytes || bytes.toString('latin1', 3, 11) !== 'EXFAT   ') return undefined;
  const sectorExponent = bytes[108]!;
  const isPossible = sectorExponent >= 9 && sectorExponent <= 12;
  const bytesPerSector = isPossible ? 1 << sectorExponent : sectorBytes;
  return {
    type: 'exfat',
    uuid: serialOf(bytes.readUInt32LE(100)),
    ...present({ sizeBytes: bytesOf(bytes.readBigUInt64LE(72), bytesPerSector) }),
    state: (bytes.readUInt16LE(106) & 2) === 0 ? 'clean' : 'in-use',
    contradictions: isPossible ? [] : [`sectors of 2^${sectorExponent} bytes`],
  };
};

/** NTFS, by its boot sector. */
export const recogniseNtfs: Recogniser = async (reader) => {
  const bytes = await reader.read(0, sectorBytes);
  if (bytes.length < sectorBytes || bytes.toString('latin1', 3, 11) !== 'NTFS    ') return undefined;
  const bytesPerSector = bytes.readUInt16LE(11);
  const isPossible = [512, 1024, 2048, 4096].includes(bytesPerSector);
  const sizeBytes = bytesOf(bytes.readBigUInt64LE(40), isPossible ? bytesPerSector : sectorBytes);
  return {
    type: 'ntfs',
    uuid: bytes.readBigUInt64LE(72).toString(16).toUpperCase().padStart(16, '0'),
    ...present({ sizeBytes }),
    contradictions: isPossible ? [] : [`sectors of ${bytesPerSector} bytes`],
  };
};

function serialOf(serial: number): string {
  return serial
    .toString(16)
    .toUpperCase()
    .padStart(8, '0')
    .replace(/^(.{4})/, '$1-');
}
