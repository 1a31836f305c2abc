import { type FileHandle, open, readFile, writeFile } from 'node:fs/promises';
import {
  assembleMediumFirstStage,
  mediumFirstStageBytes,
} from '../../core/boot-loader/assemble-medium-first-stage.ts';
import { sectorBytes } from '../../foundation/index.ts';
import { imagesErrors } from '../errors.ts';

/** A block of ISO 9660, in which El Torito counts. */
const blockBytes = 2048;

/** Sector 17, at 0x47: where the catalogue lies (El Torito 1.0, figure 7). */
const bootRecordBlock = 17;
const bootRecordCatalogueOffset = 0x47;
const elToritoName = 'EL TORITO SPECIFICATION';

/** The initial entry, after the validation entry; at 8 its first block (figures 2 and 3). */
const initialEntryOffset = 32;
const bootable = 0x88;

/** mkisofs(8), "EL TORITO BOOT INFORMATION TABLE": it ends where the checksum begins. */
const informationTable = { offsetBytes: 8, endBytes: 64 } as const;
const volumeDescriptorBlock = 16;

/** Where isolinux's code for disks (isohdpfx.bin) keeps the sector at which isolinux lies. */
const diskBootCodePlaceOffset = 432;

/**
 * Writes what the BIOS loads from the medium: our first stage, which takes one block, then isolinux. {@link linkLoader}
 * is to follow once the medium is written.
 */
export async function writeBootImage(loaderPath: string, path: string): Promise<void> {
  const loader = await readFile(loaderPath);
  await writeFile(path, Buffer.concat([await assembleMediumFirstStage(), loader]));
}

/**
 * Tells isolinux, on a medium that is written, where it lies: it expects to be the boot image by itself, and so does
 * whoever writes the medium. A disk that the medium is written to starts it at once, without our first stage.
 *
 * @param path The image of the medium, which is changed in place.
 * @param loaderPath The isolinux that {@link writeBootImage} was given.
 * @throws IMAGES_MEDIUM_INVALID when the medium is not as expected; it is then not changed.
 */
export async function linkLoader(path: string, loaderPath: string): Promise<void> {
  await using medium = await open(path, 'r+');
  const loader = await readFile(loaderPath);
  const stageBlock = await findBootImage(medium, path);
  const loaderBlock = stageBlock + mediumFirstStageBytes / blockBytes;
  const onMedium = await readAt(medium, loaderBlock * blockBytes, loader.length);
  if (!onMedium.equals(loader)) {
    throw invalid(path, `isolinux in block ${loaderBlock}`, 'other bytes');
  }
  const diskPlace = await readAt(medium, diskBootCodePlaceOffset, 8);
  const stagePlace = BigInt(sectorsOf(stageBlock));
  if (diskPlace.readBigUInt64LE() !== stagePlace) {
    throw invalid(path, `the sector ${stagePlace} in the code for disks`, `${diskPlace.readBigUInt64LE()}`);
  }
  const table = informationTableOf(loader, loaderBlock);
  await medium.write(table, 0, table.length, loaderBlock * blockBytes + informationTable.offsetBytes);
  diskPlace.writeBigUInt64LE(BigInt(sectorsOf(loaderBlock)));
  await medium.write(diskPlace, 0, diskPlace.length, diskBootCodePlaceOffset);
}

/** The block in which the image begins that the BIOS loads, by the catalogue of El Torito. */
async function findBootImage(medium: FileHandle, path: string): Promise<number> {
  const record = await readAt(medium, bootRecordBlock * blockBytes, blockBytes);
  const name = record.toString('latin1', 7, 7 + elToritoName.length);
  if (name !== elToritoName) throw invalid(path, elToritoName, JSON.stringify(name));
  const catalogueBlock = record.readUInt32LE(bootRecordCatalogueOffset);
  const catalogue = await readAt(medium, catalogueBlock * blockBytes, blockBytes);
  const indicator = catalogue[initialEntryOffset];
  if (indicator !== bootable) throw invalid(path, `a bootable entry, ${bootable}`, `${indicator}`);
  return catalogue.readUInt32LE(initialEntryOffset + 8);
}

/** The four numbers of the table; the rest of it is zeros. The checksum covers what comes after the table. */
function informationTableOf(loader: Buffer, loaderBlock: number): Buffer {
  const table = Buffer.alloc(informationTable.endBytes - informationTable.offsetBytes);
  let checksum = 0;
  // A length that is no multiple of four is counted as if zeros followed.
  const checked = Buffer.concat([
    loader.subarray(informationTable.endBytes),
    Buffer.alloc(-loader.length & 3),
  ]);
  for (let offset = 0; offset < checked.length; offset += 4) {
    checksum = (checksum + checked.readUInt32LE(offset)) >>> 0;
  }
  table.writeUInt32LE(volumeDescriptorBlock, 0);
  table.writeUInt32LE(loaderBlock, 4);
  table.writeUInt32LE(loader.length, 8);
  table.writeUInt32LE(checksum, 12);
  return table;
}

function sectorsOf(block: number): number {
  return block * (blockBytes / sectorBytes);
}

async function readAt(medium: FileHandle, offsetBytes: number, sizeBytes: number): Promise<Buffer> {
  const bytes = Buffer.alloc(sizeBytes);
  await medium.read(bytes, 0, sizeBytes, offsetBytes);
  return bytes;
}

function invalid(where: string, expected: string, got: string): Error {
  return imagesErrors.IMAGES_MEDIUM_INVALID({
    ...{ tried: 'link isolinux on a medium', where, expected, got },
    remedy: 'xorriso has written the medium in another way than version 1.5 does: report it with its version',
  });
}
