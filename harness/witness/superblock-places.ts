import { open } from 'node:fs/promises';
import { sectorBytes } from '../../foundation/index.ts';
import { pathOfImage, runDiskTool } from './disk-tool.ts';
import type { FilePiece } from './tree-entry.ts';

const superblockBytes = 1024;

/** Where the copies of an ext4 superblock lie, the one that is used first, from the start of the file system. */
export async function ext4Superblocks(image: string, signal?: AbortSignal): Promise<FilePiece[]> {
  const { stdout } = await runDiskTool(pathOfImage(image), 'dumpe2fs', [image], { signal });
  const blockBytes = Number(/^Block size: +(\d+)$/m.exec(stdout)![1]);
  const backups = [...stdout.matchAll(/Backup superblock at (\d+)/g)];
  return [
    // The first one has its place in bytes, whatever the size of blocks.
    { offsetBytes: superblockBytes, lengthBytes: superblockBytes },
    ...backups.map(([, block]) => ({
      offsetBytes: Number(block) * blockBytes,
      lengthBytes: superblockBytes,
    })),
  ];
}

/** The boot sector of a FAT file system and, of FAT32, its copy (Microsoft's FAT specification 1.03). */
export async function fatBootSectors(image: string): Promise<FilePiece[]> {
  const sector = Buffer.alloc(sectorBytes);
  await using file = await open(image, 'r');
  await file.read(sector, 0, sectorBytes, 0);
  const isFat32 = sector.readUInt16LE(22) === 0;
  const copySector = isFat32 ? sector.readUInt16LE(50) : 0;
  const sectors = copySector > 0 && copySector < 0xffff ? [0, copySector] : [0];
  return sectors.map((number) => ({ offsetBytes: number * sectorBytes, lengthBytes: sectorBytes }));
}
