import { access, copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { toolMissing } from '../foundation/index.ts';
import type { ResolvedMachineSpec } from './machine-spec.ts';

/** OVMF with room for variables, without Secure Boot, which would need system management mode. */
const codePath = '/usr/share/OVMF/OVMF_CODE_4M.fd';
const emptyVariablesPath = '/usr/share/OVMF/OVMF_VARS_4M.fd';

/** Firmware in flash memory: the code, and the variables behind it. None for a BIOS. Pure. */
export function uefiArguments(variablesPath: string | undefined): string[] {
  if (variablesPath === undefined) return [];
  const flash = (unit: number, options: string) => ['-drive', `if=pflash,unit=${unit},format=raw,${options}`];
  return [
    ...flash(0, `readonly=on,file=${codePath}`),
    // A comma in a value of QEMU's options is doubled.
    ...flash(1, `file=${variablesPath.replaceAll(',', ',,')}`),
  ];
}

/** Where the variables of a machine's firmware are, in its folder; undefined for one that has none. Pure. */
export function uefiVariablesPath(spec: ResolvedMachineSpec, machineFolder: string): string | undefined {
  return spec.firmware === 'uefi' ? join(machineFolder, 'uefi-variables.fd') : undefined;
}

/**
 * Gives a new machine the variables of a firmware that was never started; nothing for a BIOS.
 *
 * @throws FOUNDATION_TOOL_MISSING with the package that has the firmware.
 */
export async function createUefiVariables(spec: ResolvedMachineSpec, machineFolder: string): Promise<void> {
  const path = uefiVariablesPath(spec, machineFolder);
  if (path === undefined) return;
  await access(codePath).catch(() => {
    throw toolMissing(codePath);
  });
  await copyFile(emptyVariablesPath, path);
}

/** The files that a firmware of UEFI is, its variables in `folder`; undefined for a BIOS. Pure. */
export function uefiFiles(
  spec: ResolvedMachineSpec,
  folder: string,
): { codePath: string; variablesPath: string } | undefined {
  const variablesPath = uefiVariablesPath(spec, folder);
  return variablesPath === undefined ? undefined : { codePath, variablesPath };
}

/** Copies a machine's variables as they are now, for a fork or a recording of it; nothing for a BIOS. */
export async function copyUefiVariables(
  spec: ResolvedMachineSpec,
  fromFolder: string,
  toFolder: string,
): Promise<void> {
  const [from, to] = [uefiVariablesPath(spec, fromFolder), uefiVariablesPath(spec, toFolder)];
  if (from !== undefined && to !== undefined) await copyFile(from, to);
}

/** Removes what {@link createUefiVariables} has made. */
export async function removeUefiVariables(spec: ResolvedMachineSpec, machineFolder: string): Promise<void> {
  const path = uefiVariablesPath(spec, machineFolder);
  if (path !== undefined) await rm(path, { force: true });
}
