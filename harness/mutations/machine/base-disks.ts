import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool } from '../../../foundation/index.ts';
import { noise } from '../raw/noise.ts';
import type { MachineTrial } from './machine-trial.ts';

/** The volume id that a FAT has before the trial, in hexadecimal. */
export const fatIdentifier = '12345678';

const sizeBytes = 16 * 1024 ** 2;
const mountedFatBytes = 40 * 1024 ** 2;

/** Makes the disks that trials begin with, one of each kind, in a folder. Machines do not change them. */
export async function makeBaseDisks(folder: string): Promise<Record<MachineTrial['disk'], string>> {
  const pathOf = (kind: string) => join(folder, `${kind}.raw`);
  const ext4 = ['-q', '-t', 'ext4', '-b', '1024', '-E', 'lazy_itable_init=0,lazy_journal_init=0'];
  await runTool('mke2fs', [...ext4, pathOf('ext4'), '16M']);
  await writeFile(pathOf('fat'), Buffer.alloc(sizeBytes));
  await runTool('mkfs.fat', ['-F', '32', '-s', '1', '-i', fatIdentifier, pathOf('fat')]);
  // Large enough for a FAT32 that mtools takes for one, too: it tells the kinds apart by their clusters.
  await writeFile(pathOf('mounted-fat'), Buffer.alloc(mountedFatBytes));
  await runTool('mkfs.fat', ['-F', '32', '-s', '1', pathOf('mounted-fat')]);
  // Of a raw disk everything that a trial could take for something of its own is noise, its table aside.
  const raw = Buffer.concat([noise('what lay there', sizeBytes / 16)], sizeBytes);
  raw.writeUInt16LE(0, 510);
  await writeFile(pathOf('raw'), raw);
  const mountedFat = { 'mounted-fat': pathOf('mounted-fat') };
  return { ext4: pathOf('ext4'), ...mountedFat, fat: pathOf('fat'), raw: pathOf('raw') };
}
