import { constants } from 'node:fs';
import { copyFile, link, mkdir, rm } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Machine } from '../../vm/index.ts';
import type { DiskSnapshot } from '../disk-map/disk-snapshot.ts';
import { type KeptDisk, type MachineRecord, writeMachineRecord } from './machine-record.ts';

/** In the work folder, so that they stay exactly where that stays: of scenarios that failed, and with --keep. */
export const keptDisksFolder = 'kept-disks';

/**
 * Keeps the disks of a machine as they are at its end, overlays and copies that go with the machine among them: a second
 * name of the same file, which costs nothing.
 *
 * @param after What lay on the disks whose writes were kept.
 * @throws what the file system says.
 */
export async function keepDisks(
  machine: Machine,
  record: MachineRecord,
  { workFolder, after }: { workFolder: string; after: ReadonlyMap<string, DiskSnapshot> },
): Promise<void> {
  const folder = join(workFolder, keptDisksFolder, machine.name);
  await mkdir(folder, { recursive: true });
  const paths = new Map(machine.diskFiles.map(({ name, path }) => [name, path]));
  const kept: [string, KeptDisk][] = [];
  for (const { name, writes, intercepted } of machine.spec.disks) {
    const path = paths.get(name)!;
    if (writes === 'kept') {
      const digest = after.get(name)?.digests?.whole;
      kept.push([name, { format: 'raw', path, ...(digest === undefined ? {} : { digest }) }]);
      continue;
    }
    const keptPath = join(folder, `${name}${extname(path)}`);
    await secondName(path, keptPath);
    kept.push([name, { format: intercepted ? 'raw' : 'overlay', path: keptPath }]);
  }
  const spec = { ...machine.hardware };
  await writeMachineRecord(machine.folder, { ...record, spec, keptDisks: Object.fromEntries(kept) });
}

/** Where the file system has no hard links, a copy. */
async function secondName(path: string, keptPath: string): Promise<void> {
  await rm(keptPath, { force: true });
  await link(path, keptPath).catch(() => copyFile(path, keptPath, constants.COPYFILE_FICLONE));
}
