import { open } from 'node:fs/promises';
import { runTool, sectorBytes } from '../../../foundation/index.ts';
import { coreErrors } from '../../errors.ts';
import type { RedundantPartition } from '../../known-state/redundant-layout.ts';
import { fixedNumber } from '../fixed-identity.ts';

/** Clusters of 4096 bytes: so a file begins where a page and a physical sector does. */
const clusterSectors = 8;

/** A cluster number of 16 bits reaches so many of them; with fewer than the least, its FAT would have 12 bits. */
const mostClustersOfFat16 = 65_524;
const leastClustersOfFat16 = 4085;

/** Files begin at a whole mebibyte, whatever the size of the FAT before them. */
const dataAlignmentSectors = 2048;

/**
 * Makes the empty FAT file system of a system partition. Its files begin at the same place in partitions of different
 * sizes, so that redundant partitions share the blocks of what they both hold. The same inputs give the same bytes.
 *
 * @param path The image; whatever lies there is replaced.
 * @throws CORE_FILE_SYSTEM_TOO_SMALL
 */
export async function formatFat(
  path: string,
  partition: RedundantPartition,
  layoutName: string,
): Promise<void> {
  const { name, firstSector, sectors } = partition;
  const bits = fatBits(partition);
  const volumeNumber = fixedNumber(layoutName, name, 'volume').toString(16).padStart(8, '0');
  let reservedSectors: number | undefined;
  // mkfs.fat says how large the FAT is by making it; what is missing to a whole mebibyte is then reserved before it.
  for (let attempt = 0; attempt < 4; attempt++) {
    await emptyFile(path, sectors * sectorBytes);
    await runTool('mkfs.fat', [
      ...['--invariant', '-F', String(bits), '-s', String(clusterSectors), '-S', String(sectorBytes)],
      ...['-i', volumeNumber, '-n', name.toUpperCase().slice(0, 11), '-h', String(firstSector)],
      ...(reservedSectors === undefined ? [] : ['-R', String(reservedSectors)]),
      path,
    ]);
    const made = await readGeometry(path);
    const beyondSectors = made.dataSector % dataAlignmentSectors;
    if (beyondSectors === 0) return;
    reservedSectors = made.reservedSectors + dataAlignmentSectors - beyondSectors;
  }
  throw new Error(`mkfs.fat does not align ${name}`);
}

function fatBits({ name, sectors }: RedundantPartition): 16 | 32 {
  const clusters = Math.floor((sectors - dataAlignmentSectors) / clusterSectors);
  if (clusters < leastClustersOfFat16) {
    throw coreErrors.CORE_FILE_SYSTEM_TOO_SMALL({
      tried: `make the system partition ${name}`,
      expected: '17 MiB or more',
      got: `${Math.floor((sectors * sectorBytes) / 1024 ** 2)} MiB`,
    });
  }
  return clusters > mostClustersOfFat16 ? 32 : 16;
}

async function emptyFile(path: string, sizeBytes: number): Promise<void> {
  await using file = await open(path, 'w');
  await file.truncate(sizeBytes);
}

/** The BIOS parameter block (Microsoft FAT specification, section 3.1); a FAT of 32 bits has its length elsewhere. */
async function readGeometry(path: string): Promise<{ reservedSectors: number; dataSector: number }> {
  await using file = await open(path, 'r');
  const block = Buffer.alloc(sectorBytes);
  await file.read(block, 0, block.length, 0);
  const reservedSectors = block.readUInt16LE(14);
  const fatSectors = block.readUInt16LE(22) || block.readUInt32LE(36);
  const rootSectors = (block.readUInt16LE(17) * 32) / sectorBytes;
  return { reservedSectors, dataSector: reservedSectors + block[16]! * fatSectors + rootSectors };
}
