import { join } from 'node:path';
import { errorMessage, runTool } from '../../foundation/index.ts';
import type { MachineSpec } from '../../vm/index.ts';
import { digestOfFile } from '../disk-map/disk-snapshot.ts';
import { harnessErrors } from '../errors.ts';
import type { KeptMachine } from './find-kept-machine.ts';
import type { KeptDisk } from './machine-record.ts';

/**
 * A machine like the kept one, with its disks as they were; whatever it writes is discarded. Time is the host's, for
 * somebody types there.
 *
 * @param scratchFolder Gets whole images of the disks of which only an overlay was kept, sparse.
 * @throws HARNESS_DISK_CHANGED where somebody has written to a disk, or to the image below an overlay, since then.
 */
export async function shellSpec(kept: KeptMachine, scratchFolder: string): Promise<MachineSpec> {
  const declared = kept.record.spec as unknown as MachineSpec;
  const disks: NonNullable<MachineSpec['disks']> = [];
  for (const disk of declared.disks ?? []) {
    const path = await imageOf(kept, disk, scratchFolder);
    disks.push({ ...disk, path, writes: 'discarded', intercepted: false, writeLog: false });
  }
  for (const [what, { path, digest }] of Object.entries(kept.record.inputs.files)) {
    await refuseChanged(what, path, digest);
  }
  return { ...declared, disks, virtualTime: false, checkpoints: false };
}

async function imageOf(
  { record, disks }: KeptMachine,
  { name, path: imagePath }: { name: string; path: string },
  scratchFolder: string,
): Promise<string> {
  const disk = disks[name]!;
  if (disk.format === 'raw') {
    await refuseChanged(`disk ${name}`, disk.path, disk.digest);
    return disk.path;
  }
  await refuseChanged(`the image below disk ${name}`, imagePath, record.inputs.disks[name]?.digest);
  const path = join(scratchFolder, `${name}.raw`);
  await runTool('qemu-img', ['convert', '-q', '-O', 'raw', chainOf(disk, imagePath), path]);
  return path;
}

/** The overlay over its image, wherever both lie; only read. */
function chainOf({ path }: KeptDisk, basePath: string): string {
  const file = (filename: string) => ({ driver: 'file', filename });
  return `json:${JSON.stringify({ driver: 'qcow2', file: file(path), backing: { driver: 'raw', file: file(basePath) } })}`;
}

async function refuseChanged(what: string, path: string, digest: string | undefined): Promise<void> {
  const now = await digestOfFile(path).catch((error: unknown) => errorMessage(error));
  if (digest === undefined || now === digest) return;
  throw harnessErrors.HARNESS_DISK_CHANGED({
    tried: `open ${what}`,
    where: path,
    expected: digest,
    got: now ?? 'it is too large to be read',
  });
}
