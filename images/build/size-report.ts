import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultCachePath, writeFileDurably } from '../../foundation/index.ts';
import { type FullInstallation, fullInstallation } from '../packages/full-installation.ts';
import { PackageStore } from '../packages/package-store.ts';
import type { BuiltImage, ComponentSize } from './build-image.ts';
import { zstd19 } from './compress.ts';

export interface SizeRow {
  component: string;
  fileCount: number;
  installedBytes: number;
  /** All files of the component as one zstd frame, level 19. */
  compressedBytes: number;
}

export interface SizeReport {
  image: string;
  /** The largest first. What lies in both trees (busybox) counts twice: it is on the disk twice. */
  rows: SizeRow[];
  installedBytes: number;
  /** The sum of the rows; one frame over everything would be a little smaller. */
  compressedBytes: number;
  /** What the same packages take when they are installed as usual; missing when apt has no index of packages. */
  fullInstallation?: FullInstallation;
}

/**
 * The size of an image by component, beside that of a full installation (spec R2). Compressing Node takes most
 * of a minute; results are kept in the cache by content.
 */
export async function sizeReport(
  image: BuiltImage,
  options: { cachePath?: string } = {},
): Promise<SizeReport> {
  const { cachePath = defaultCachePath() } = options;
  const rows: SizeRow[] = [];
  for (const size of image.components) rows.push(await sizeRow(image.path, size, cachePath));
  const full = await fullInstallation(image.packages, new PackageStore(cachePath).apt);
  return {
    image: image.name,
    rows,
    installedBytes: rows.reduce((sum, row) => sum + row.installedBytes, 0),
    compressedBytes: rows.reduce((sum, row) => sum + row.compressedBytes, 0),
    ...(full === undefined ? {} : { fullInstallation: full }),
  };
}

async function sizeRow(imagePath: string, size: ComponentSize, cachePath: string): Promise<SizeRow> {
  const content = Buffer.concat(await Promise.all(size.files.map((file) => readFile(join(imagePath, file)))));
  const { component, installedBytes, files } = size;
  return {
    component,
    fileCount: files.length,
    installedBytes,
    compressedBytes: await compressedSize(content, cachePath),
  };
}

async function compressedSize(content: Buffer, cachePath: string): Promise<number> {
  const path = join(cachePath, 'sizes', createHash('sha256').update(content).digest('hex'));
  const known = Number(await readFile(path, 'utf8').catch(() => ''));
  if (Number.isSafeInteger(known) && known > 0) return known;
  const compressedBytes = (await zstd19(content)).length;
  await writeFileDurably(path, String(compressedBytes));
  return compressedBytes;
}
