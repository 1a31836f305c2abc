import { stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { copyDisks, type DiskSet, diskSetIn } from './kept-disks.ts';

/** The disks of one unit: the master's system disk, cloned, and the data disk that the unit has. */
export async function cloneFor(
  master: DiskSet,
  folder: string,
  dataDisk: 'blank' | 'master',
): Promise<DiskSet> {
  if (dataDisk === 'master' || master.dataPath === undefined) return await copyDisks(master, folder);
  const { systemPath } = await copyDisks({ folder: master.folder, systemPath: master.systemPath }, folder);
  const dataPath = join(folder, 'data.raw');
  await writeFile(dataPath, '');
  await truncate(dataPath, (await stat(master.dataPath)).size);
  return { ...diskSetIn(folder, true), systemPath };
}
