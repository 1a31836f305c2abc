import { mkdir, open, stat } from 'node:fs/promises';
import { cloneMaster } from '../../core/factory/index.ts';
import { type DiskSet, diskSetIn } from './kept-disks.ts';

/** The disks of one unit: the master, cloned by the factory's own command (spec M7), and the data disk of the unit. */
export async function cloneFor(
  master: DiskSet,
  folder: string,
  dataDisk: 'blank' | 'master',
  signal: AbortSignal,
): Promise<DiskSet> {
  await mkdir(folder, { recursive: true });
  const disks = diskSetIn(folder, master.dataPath !== undefined);
  await cloneMaster({ masterPath: master.systemPath, targets: [disks.systemPath], signal });
  if (master.dataPath === undefined || disks.dataPath === undefined) return disks;
  if (dataDisk === 'master') {
    await cloneMaster({ masterPath: master.dataPath, targets: [disks.dataPath], force: true, signal });
  } else {
    await using blank = await open(disks.dataPath, 'wx');
    await blank.truncate((await stat(master.dataPath)).size);
  }
  return disks;
}
