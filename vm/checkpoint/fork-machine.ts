import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool } from '../../foundation/index.ts';
import { vmErrors } from '../errors.ts';
import { Machine } from '../machine.ts';
import type { MachineContext } from '../machine-context.ts';
import { type MachineSpec, type ResolvedMachineSpec, resolveMachineSpec } from '../machine-spec.ts';
import { copyUefiVariables } from '../uefi-firmware.ts';
import type { CheckpointParts, ForkDisk, ForkOptions } from './checkpoint.ts';
import type { DiskBase } from './disk-base.ts';

/** Makes the machine that a fork of `template` is, off: its first power on goes on from the checkpoint. */
export async function forkMachine(
  template: Machine,
  parts: CheckpointParts,
  { name, disks = {} }: ForkOptions,
): Promise<Machine> {
  const spec = forkedSpec(template.hardware, name, parts.disks, disks);
  await checkDisks(name, parts.disks, disks);
  const bases = parts.disks.filter(({ diskName }) => disks[diskName] === undefined);
  const baseOverlayPaths = new Map(
    bases.flatMap(({ diskName, overlayPath }) =>
      overlayPath === undefined ? [] : [[diskName, overlayPath]],
    ),
  );
  const folder = await newFolder(template.context, name);
  const overlayPaths = await makeOverlays(spec, folder, baseOverlayPaths);
  await copyUefiVariables(template.spec, template.folder, folder);
  const observer = template.context.observeFork?.(name);
  // Its processor has to be the template's, whose state it goes on from; a machine that is recorded has another one.
  const context = { ...template.context, observer, record: false };
  const machine = new Machine(spec, context, folder, overlayPaths, { ...parts, baseOverlayPaths });
  await inherit(machine, template);
  return machine;
}

/** Resolved anew, so that the name is checked; a fork cannot be checkpointed, for its memory is no file. */
function forkedSpec(
  spec: ResolvedMachineSpec,
  name: string,
  bases: readonly DiskBase[],
  disks: Record<string, ForkDisk>,
): ResolvedMachineSpec {
  const imagePaths = new Map(bases.map(({ diskName, imagePath }) => [diskName, imagePath]));
  const forked = spec.disks.map((disk) => {
    const { path = imagePaths.get(disk.name)!, writes = 'discarded' } = disks[disk.name] ?? {};
    return { ...disk, path, writes, intercepted: false };
  });
  return resolveMachineSpec({ ...spec, name, checkpoints: false, disks: forked } as MachineSpec);
}

async function checkDisks(
  forkName: string,
  bases: readonly DiskBase[],
  disks: Record<string, ForkDisk>,
): Promise<void> {
  const names = bases.map(({ diskName }) => diskName);
  const unknown = Object.keys(disks).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw vmErrors.VM_SPEC_INVALID({
      tried: `give the fork ${forkName} another disk ${JSON.stringify(unknown)}`,
      expected: names.join(' or ') || 'no disk: the machine has none',
    });
  }
  for (const base of bases) {
    const disk = disks[base.diskName];
    if (disk === undefined) await base.assertUnchanged();
    else await checkSize(forkName, base, disk.path);
  }
}

/** The guest has asked for the size of its disks when it started. */
async function checkSize(forkName: string, { diskName, sizeBytes }: DiskBase, path: string): Promise<void> {
  const { size } = await stat(path, { bigint: true }).catch((cause: unknown) => {
    const tried = `give the fork ${forkName} another disk ${diskName}`;
    throw vmErrors.VM_SPEC_INVALID(
      { tried, where: path, expected: 'a raw image', got: String(cause) },
      cause,
    );
  });
  if (size === sizeBytes) return;
  throw vmErrors.VM_SPEC_INVALID({
    tried: `give the fork ${forkName} another disk ${diskName}`,
    where: path,
    expected: `${sizeBytes} bytes, as at the checkpoint`,
    got: `${size} bytes`,
  });
}

async function newFolder({ workFolder }: MachineContext, name: string): Promise<string> {
  const folder = join(workFolder, name);
  try {
    await mkdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw vmErrors.VM_SPEC_INVALID({
      tried: `name a fork ${name}`,
      expected: 'a name that no other machine or fork has had here',
      got: `the evidence of another one in ${folder}`,
    });
  }
  return folder;
}

async function makeOverlays(
  spec: ResolvedMachineSpec,
  folder: string,
  baseOverlayPaths: ReadonlyMap<string, string>,
): Promise<Map<string, string>> {
  const discarded = spec.disks.filter(({ writes }) => writes === 'discarded');
  const made = discarded.map(async ({ name, path }): Promise<[string, string]> => {
    const overlayPath = join(folder, `${name}.overlay.qcow2`);
    const base = baseOverlayPaths.get(name);
    const backing = base === undefined ? ['-F', 'raw', '-b', path] : ['-F', 'qcow2', '-b', base];
    await runTool('qemu-img', ['create', '-q', '-f', 'qcow2', ...backing, overlayPath]);
    return [name, overlayPath];
  });
  try {
    return new Map(await Promise.all(made));
  } catch (error) {
    await Promise.allSettled(made);
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** What was typed into the machine as a secret is one in its forks, whose memory has it; the same CD is in the drive. */
async function inherit(machine: Machine, template: Machine): Promise<void> {
  for (const secret of template.secrets) await machine.keepSecret(secret);
  if (machine.spec.cdPath === undefined) return;
  if (template.cdDrive.mediumPath === undefined) await machine.ejectCd();
  else await machine.insertCd(template.cdDrive.mediumPath);
}
