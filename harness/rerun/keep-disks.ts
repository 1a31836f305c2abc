import { constants } from 'node:fs';
import { copyFile, link, mkdir, rm } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { type Machine, uefiVariablesPath } from '../../vm/index.ts';
import type { DiskSnapshot } from '../disk-map/disk-snapshot.ts';
import { type KeptDisk, type MachineRecord, writeMachineRecord } from './machine-record.ts';

/** In the work folder, so that they stay exactly where that stays: of scenarios that failed, and with --keep. */
export const keptDisksFolder = 'kept-disks';

/**
 * Keeps the disks of a machine, and the variables of a UEFI, as they are at its end, overlays and copies that go with the machine among them: a second
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
  const variables = await keepUefiVariables(machine, folder);
  const keptDisks = Object.fromEntries(kept);
  await writeMachineRecord(machine.folder, { ...record, spec, keptDisks, ...variables });
}

async function keepUefiVariables(
  machine: Machine,
  folder: string,
): Promise<Pick<MachineRecord, 'keptUefiVariables'>> {
  const path = uefiVariablesPath(machine.spec, machine.folder);
  if (path === undefined) return {};
  const keptUefiVariables = join(folder, basename(path));
  await secondName(path, keptUefiVariables);
  return { keptUefiVariables };
}

/** Where the file system has no hard links, a copy. */
async function secondName(path: string, keptPath: string): Promise<void> {
  await rm(keptPath, { force: true });
  await link(path, keptPath).catch(() => copyFile(path, keptPath, constants.COPYFILE_FICLONE));
}
