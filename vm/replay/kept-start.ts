import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { copySparse, runTool } from '../../foundation/index.ts';
import { contentDigest, digestedFile } from './content-digest.ts';
import type { DigestedFile, RecordedDisk } from './recording-file.ts';

/** A disk of a machine that is off, as the host has it. */
export interface DiskFile {
  name: string;
  path: string;
  /** A qcow2 image over the disk's image, and not raw. */
  isOverlay: boolean;
}

/** The first start that was kept of a disk: later ones lie over it. */
export interface FirstStart {
  path: string;
  file: DigestedFile;
}

/**
 * Keeps what a disk holds before a power-on: the first time as a sparse image, later as what differs from that.
 *
 * @param folder The recording's.
 * @param first Is given what was kept at an earlier power-on, if anything was.
 * @throws FOUNDATION_TOOL_FAILED, FOUNDATION_DISK_FULL
 */
export async function keepStart(
  disk: DiskFile,
  folder: string,
  first: FirstStart | undefined,
): Promise<Pick<RecordedDisk, 'start' | 'base'>> {
  if (first === undefined || (await virtualSize(disk)) !== first.file.sizeBytes) {
    const path = join(folder, `${disk.name}.raw`);
    await copyWhole(disk, path);
    return { start: await digestedFile(path, folder) };
  }
  const path = join(folder, `${disk.name}.qcow2`);
  await runTool('qemu-img', [
    'create',
    '-q',
    '-f',
    'qcow2',
    '-F',
    disk.isOverlay ? 'qcow2' : 'raw',
    '-b',
    disk.path,
    path,
  ]);
  await runTool('qemu-img', ['rebase', '-q', '-f', 'qcow2', '-F', 'raw', '-b', first.path, path]);
  return { start: await digestedFile(path, folder), base: first.file };
}

/** {@link contentDigest} of what a disk holds, whatever its format. `scratchPath` is a file that may be made and goes again. */
export async function digestOfDisk(disk: Omit<DiskFile, 'name'>, scratchPath: string): Promise<string> {
  if (!disk.isOverlay) return await contentDigest(disk.path);
  try {
    await copyWhole(disk, scratchPath);
    return await contentDigest(scratchPath);
  } finally {
    await rm(scratchPath, { force: true });
  }
}

async function copyWhole({ isOverlay, path }: Omit<DiskFile, 'name'>, toPath: string): Promise<void> {
  if (isOverlay) await runTool('qemu-img', ['convert', '-q', '-f', 'qcow2', '-O', 'raw', path, toPath]);
  else await copySparse(path, toPath);
}

async function virtualSize({ isOverlay, path }: DiskFile): Promise<number> {
  if (!isOverlay) return (await stat(path)).size;
  const { stdout } = await runTool('qemu-img', ['info', '--output=json', path]);
  return (JSON.parse(stdout) as { 'virtual-size': number })['virtual-size'];
}
