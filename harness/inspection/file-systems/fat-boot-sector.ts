import { fatEntryBits } from './fat-table.ts';
import { printable } from './printable.ts';
import { bytesOf, upToZero } from './recognition.ts';

export interface FatBootSector {
  type: 'fat12' | 'fat16' | 'fat32';
  /** As blkid has it: `A9EE-AA8F`. */
  serial?: string;
  label?: string;
  /** The name of the program that made it, or of the system. */
  madeBy: string;
  sizeBytes: number;
  clusterBytes: number;
  /** Clusters are counted from 2. */
  clusters: number;
  tableOffsetBytes: number;
  tableBytes: number;
  /** Of FAT12 and FAT16 the folder's fixed place; of FAT32 where its first cluster lies. */
  rootOffsetBytes: number;
  /** Zero for FAT32. */
  rootBytes: number;
  /** Zero for FAT12 and FAT16. */
  rootCluster: number;
  dataOffsetBytes: number;
  isDirty: boolean;
  /** What it says and what cannot be, in words. */
  contradictions: string[];
}

/** Microsoft FAT specification 1.03, sections 3.1 to 3.5; undefined when it is none: an MBR and other boot sectors end with the same two bytes. */
export function parseFatBootSector(bytes: Buffer): FatBootSector | undefined {
  if (bytes.length < 512 || bytes.readUInt16LE(510) !== 0xaa55 || !(bytes[0] === 0xeb || bytes[0] === 0xe9))
    return undefined;
  const bytesPerSector = bytes.readUInt16LE(11);
  const sectorsPerCluster = bytes[13]!;
  const tables = bytes[16]!;
  const isMedia = bytes[21]! === 0xf0 || bytes[21]! >= 0xf8;
  if (![512, 1024, 2048, 4096].includes(bytesPerSector) || !isMedia || tables === 0 || tables > 4)
    return undefined;
  if (sectorsPerCluster === 0 || (sectorsPerCluster & (sectorsPerCluster - 1)) !== 0) return undefined;
  const reservedSectors = bytes.readUInt16LE(14);
  const rootBytes = bytes.readUInt16LE(17) * 32;
  const tableSectors = bytes.readUInt16LE(22) || bytes.readUInt32LE(36);
  const sectors = bytes.readUInt16LE(19) || bytes.readUInt32LE(32);
  const rootSectors = Math.ceil(rootBytes / bytesPerSector);
  const firstDataSector = reservedSectors + tables * tableSectors + rootSectors;
  const clusters = Math.max(0, Math.floor((sectors - firstDataSector) / sectorsPerCluster));
  const type = bytes.readUInt16LE(22) === 0 ? 'fat32' : clusters < 4085 ? 'fat12' : 'fat16';
  const rootCluster = type === 'fat32' ? bytes.readUInt32LE(44) : 0;
  const clusterBytes = bytesPerSector * sectorsPerCluster;
  const dataOffsetBytes = firstDataSector * bytesPerSector;
  const rootOffsetBytes =
    type === 'fat32'
      ? dataOffsetBytes + Math.max(0, rootCluster - 2) * clusterBytes
      : dataOffsetBytes - rootSectors * bytesPerSector;
  return {
    type,
    ...extended(bytes, type === 'fat32' ? 64 : 36),
    madeBy: printable(upToZero(bytes.subarray(3, 11))).trim(),
    sizeBytes: bytesOf(sectors, bytesPerSector),
    ...{ clusterBytes, clusters, rootOffsetBytes, rootBytes, rootCluster, dataOffsetBytes },
    tableOffsetBytes: reservedSectors * bytesPerSector,
    tableBytes: tableSectors * bytesPerSector,
    contradictions: [
      ...(reservedSectors === 0 ? ['no reserved sectors'] : []),
      ...(tableSectors === 0 ? ['a table of no sectors'] : []),
      ...(clusters === 0 ? [`no room for files in ${sectors} sectors`] : []),
      ...(clusters > mostClusters[type] ? [`${clusters} clusters`] : []),
      // The first two entries are of no clusters.
      ...((clusters + 2) * fatEntryBits[type] > tableSectors * bytesPerSector * 8
        ? ['a table too short for its clusters']
        : []),
      ...(type === 'fat32' && (rootCluster < 2 || rootCluster >= clusters + 2)
        ? [`the root folder in cluster ${rootCluster}`]
        : []),
    ],
  };
}

/** What lies above means something else in a table; as Linux has it (fs/fat/fat.h). */
const mostClusters = { fat12: 0xff4, fat16: 0xfff4, fat32: 0xffffff6 };

/** Serial number and label are only there with a signature in front of them. */
function extended(bytes: Buffer, at: number): Pick<FatBootSector, 'serial' | 'label' | 'isDirty'> {
  const signature = bytes[at + 2];
  // Linux marks a mounted file system here (BS_Reserved1).
  const isDirty = (bytes[at + 1]! & 1) !== 0;
  if (signature !== 0x28 && signature !== 0x29) return { isDirty: false };
  const serial = bytes
    .readUInt32LE(at + 3)
    .toString(16)
    .toUpperCase()
    .padStart(8, '0')
    .replace(/^(.{4})/, '$1-');
  const label = signature === 0x29 ? printable(bytes.subarray(at + 7, at + 18)).trim() : '';
  return { serial, isDirty, ...(label === '' || label === 'NO NAME' ? {} : { label }) };
}
