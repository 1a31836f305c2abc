import { join } from 'node:path';
import { copySparse, runTool } from '../../foundation/index.ts';
import type { DiskFile } from './kept-start.ts';
import type { RecordedDisk, Recording } from './recording-file.ts';

/**
 * A disk for a replay to write to, for each of a recording; what was kept stays as it is. A disk that was raw is raw again,
 * and an overlay an overlay: QEMU takes requests apart as the format wants it, and each part is an event of the recording.
 *
 * @param folder The recording's.
 * @param scratchFolder Gets the disks.
 * @throws FOUNDATION_TOOL_FAILED, FOUNDATION_DISK_FULL
 */
export async function makeReplayDisks(
  folder: string,
  { disks }: Recording,
  scratchFolder: string,
): Promise<DiskFile[]> {
  const made: DiskFile[] = [];
  for (const disk of disks) made.push(await makeReplayDisk(folder, disk, scratchFolder));
  return made;
}

async function makeReplayDisk(
  folder: string,
  { name, isOverlay, start, base }: RecordedDisk,
  scratchFolder: string,
): Promise<DiskFile> {
  const startPath = join(folder, start.path);
  const [overlayPath, rawPath] = [join(scratchFolder, `${name}.qcow2`), join(scratchFolder, `${name}.raw`)];
  if (base === undefined) {
    if (isOverlay) await makeOverlay(startPath, overlayPath);
    else await copySparse(startPath, rawPath);
  } else {
    await copySparse(startPath, overlayPath);
    // It names the place where its base was recorded, and the run folder may lie elsewhere by now.
    const onBase = ['-u', '-q', '-f', 'qcow2', '-F', 'raw', '-b', join(folder, '..', base.path)];
    await runTool('qemu-img', ['rebase', ...onBase, overlayPath]);
    if (!isOverlay)
      await runTool('qemu-img', ['convert', '-q', '-f', 'qcow2', '-O', 'raw', overlayPath, rawPath]);
  }
  return { name, isOverlay, path: isOverlay ? overlayPath : rawPath };
}

async function makeOverlay(basePath: string, path: string): Promise<void> {
  await runTool('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', basePath, path]);
}
