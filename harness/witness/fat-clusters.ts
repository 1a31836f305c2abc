import { open } from 'node:fs/promises';
import { sectorBytes } from '../../foundation/index.ts';
import { runDiskTool } from './disk-tool.ts';
import type { FilePiece } from './tree-entry.ts';

/**
 * Where the content of a FAT file lies: mshowfat names its clusters, and the boot sector says where those are
 * (Microsoft's FAT specification 1.03, "Boot Sector and BPB").
 */
export async function fatClusterPlaces(
  image: string,
  path: string,
  sizeBytes: number,
  signal?: AbortSignal,
): Promise<FilePiece[]> {
  const { stdout } = await runDiskTool(image, 'mshowfat', ['-i', image, `::${path}`], { signal });
  const { firstClusterBytes, clusterBytes } = await readGeometry(image);
  const pieces: FilePiece[] = [];
  let left = sizeBytes;
  for (const [, first, last] of stdout.slice(`::${path}`.length).matchAll(/<(\d+)(?:-(\d+))?>/g)) {
    const count = Number(last ?? first) - Number(first) + 1;
    const lengthBytes = Math.min(left, count * clusterBytes);
    pieces.push({ offsetBytes: firstClusterBytes + (Number(first) - 2) * clusterBytes, lengthBytes });
    left -= lengthBytes;
  }
  return pieces;
}

async function readGeometry(image: string): Promise<{ firstClusterBytes: number; clusterBytes: number }> {
  const sector = Buffer.alloc(sectorBytes);
  await using file = await open(image, 'r');
  await file.read(sector, 0, sectorBytes, 0);
  const bytesPerSector = sector.readUInt16LE(11);
  const reservedSectors = sector.readUInt16LE(14);
  const rootBytes = sector.readUInt16LE(17) * 32;
  const tableSectors = sector.readUInt16LE(22) || sector.readUInt32LE(36);
  const beforeRoot = (reservedSectors + sector.readUInt8(16) * tableSectors) * bytesPerSector;
  return {
    firstClusterBytes: beforeRoot + Math.ceil(rootBytes / bytesPerSector) * bytesPerSector,
    clusterBytes: sector.readUInt8(13) * bytesPerSector,
  };
}
