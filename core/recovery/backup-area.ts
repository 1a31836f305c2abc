import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileDurably } from '../../foundation/durable-file.ts';
import { coreErrors } from '../errors.ts';
import { manifestText, readManifest } from './archive-manifest.ts';
import { type PartitionImage, verifyPartitionImage } from './partition-image.ts';
import { verifyArchive } from './restore-tree.ts';

/** Partitions that the backup area holds sector by sector, because a boot loader or a kernel lives in them. */
export const imagedPartitions = ['primary-system', 'primary-root'] as const;
/** Partitions of which it holds the manufacturing defaults as a tree, because their size may differ. */
export const archivedPartitions = ['data', 'data2'] as const;

export type ImagedPartition = (typeof imagedPartitions)[number];
export type ArchivedPartition = (typeof archivedPartitions)[number];

/** What the backup area holds (spec M6): `backup.json` in its root. */
export interface BackupManifest {
  format: 'assay backup 1';
  images: Record<ImagedPartition, PartitionImage>;
  /** SHA-256 of each archive's manifest, which in turn holds the hash of every file. */
  archives: Record<ArchivedPartition, string>;
}

/** Where the compressed sectors of a partition lie. */
export function imagePath(backupPath: string, partition: ImagedPartition): string {
  return join(backupPath, `${partition}.image`);
}

/** Where the defaults of a data partition lie: an archive folder. */
export function archivePath(backupPath: string, partition: ArchivedPartition): string {
  return join(backupPath, partition);
}

/**
 * Writes the manifest, as the last thing that makes a backup complete.
 *
 * @returns Its SHA-256, which belongs into the manufacturing record: a backup that fails it is not used.
 */
export async function sealBackup(backupPath: string, images: BackupManifest['images']): Promise<string> {
  const archives = {} as BackupManifest['archives'];
  for (const partition of archivedPartitions) {
    const manifest = await readManifest(archivePath(backupPath, partition));
    archives[partition] = sha256(manifestText(manifest));
  }
  const manifest: BackupManifest = { format: 'assay backup 1', images, archives };
  const text = `${JSON.stringify(manifest)}\n`;
  await writeFileDurably(manifestPath(backupPath), text);
  return sha256(text);
}

/**
 * Reads the manifest of a backup area.
 *
 * @param manifestHash What {@link sealBackup} gave.
 * @throws CORE_BACKUP_DAMAGED when it is missing or is another one.
 */
export async function readBackup(backupPath: string, manifestHash: string): Promise<BackupManifest> {
  const path = manifestPath(backupPath);
  const facts = { tried: `read ${path}`, expected: `SHA-256 ${manifestHash}` };
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw coreErrors.CORE_BACKUP_DAMAGED({ ...facts, got: String(error) }, error);
  });
  if (sha256(text) !== manifestHash) {
    throw coreErrors.CORE_BACKUP_DAMAGED({ ...facts, got: `SHA-256 ${sha256(text)}` });
  }
  return JSON.parse(text) as BackupManifest;
}

/**
 * Reads everything in the backup area against its hashes. Nothing may be written over a primary before this has
 * passed: the primary might still be readable, and the backup not (spec M10).
 *
 * @throws CORE_BACKUP_DAMAGED, CORE_ARCHIVE_DAMAGED naming what differs.
 */
export async function verifyBackup(backupPath: string, manifestHash: string): Promise<BackupManifest> {
  const manifest = await readBackup(backupPath, manifestHash);
  for (const partition of imagedPartitions) {
    await verifyPartitionImage(imagePath(backupPath, partition), manifest.images[partition]);
  }
  for (const partition of archivedPartitions) await verifyDefaults(backupPath, manifest, partition);
  return manifest;
}

/**
 * Checks the defaults of one data partition.
 *
 * @throws CORE_BACKUP_DAMAGED, CORE_ARCHIVE_DAMAGED
 */
export async function verifyDefaults(
  backupPath: string,
  manifest: BackupManifest,
  partition: ArchivedPartition,
): Promise<void> {
  const path = archivePath(backupPath, partition);
  const found = sha256(manifestText(await readManifest(path)));
  if (found !== manifest.archives[partition]) {
    const expected = `SHA-256 ${manifest.archives[partition]}`;
    throw coreErrors.CORE_BACKUP_DAMAGED({ tried: `read ${path}/manifest.json`, expected, got: found });
  }
  await verifyArchive(path);
}

function manifestPath(backupPath: string): string {
  return join(backupPath, 'backup.json');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
