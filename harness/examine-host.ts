import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { dirname, isAbsolute, resolve } from 'node:path';
import { AssayError, errorMessage, formatSize, hostTools, runTool } from '../foundation/index.ts';
import type { AcceleratorChoice } from '../vm/index.ts';
import { qemuVersion } from './host-facts.ts';
import { availableMemoryMiB } from './host-memory.ts';
import { runsFolder } from './run-folder.ts';
import { chooseRuntimeRoot } from './run-owner.ts';
import { findDeadRuns } from './sweep-dead-runs.ts';

/** One thing that `assay doctor` looked at. */
export interface Finding {
  what: string;
  /** `warning`: Assay works, but less well. */
  state: 'well' | 'warning' | 'ill';
  detail: string;
  /** The command, or the deed, that mends it. */
  remedy?: string;
}

/** A master disk, an overlay and its evidence fit into it; images and packages take as much again. */
const neededBytes = 4 * 1024 ** 3;
const neededMemoryMiB = 1536;

/**
 * Looks at everything that Assay needs of the host (programs, QEMU, disks, memory, folders).
 *
 * @param chooseAccelerator How machines would be accelerated; may take a probe boot.
 */
export async function examineHost(
  cachePath: string,
  chooseAccelerator: () => Promise<AcceleratorChoice>,
): Promise<Finding[]> {
  return [
    ...(await examineTools()),
    await examineQemu(),
    await examineAccelerator(chooseAccelerator),
    await examineFolder('cache folder', cachePath),
    await examineFolder('run folder', resolve(runsFolder)),
    await examineRuntimeFolder(),
    examineMemory(),
    await examineDeadRuns(),
  ];
}

/** One finding for all that are there, one for each that is missing. */
async function examineTools(): Promise<Finding[]> {
  const isMissing = await Promise.all(hostTools.map(({ name }) => isToolMissing(name)));
  const missing = hostTools
    .filter((_, index) => isMissing[index])
    .map(({ name, debianPackage, purpose }): Finding => {
      return { what: name, state: 'ill', detail: `missing; package ${debianPackage}: it ${purpose}` };
    });
  const detail = `${hostTools.length - missing.length} of ${hostTools.length} are there`;
  if (missing.length === 0) return [{ what: 'programs', state: 'well', detail }];
  const packages = hostTools.filter((_, index) => isMissing[index]).map((tool) => tool.debianPackage);
  return [{ what: 'programs', state: 'ill', detail, remedy: installCommand(packages) }, ...missing];
}

/** One command that installs these packages, for whoever runs it. */
function installCommand(packages: readonly string[]): string {
  const sudo = process.getuid?.() === 0 ? '' : 'sudo ';
  const names = [...new Set(packages)].sort().join(' ');
  return `${sudo}apt-get update && ${sudo}apt-get install --no-install-recommends ${names}`;
}

/** Whether it starts at all is the question; what it says to that option does not matter. A file only has to be there. */
function isToolMissing(name: string): Promise<boolean> {
  if (isAbsolute(name)) {
    return access(name, constants.R_OK).then(
      () => false,
      () => true,
    );
  }
  return runTool(name, ['--version']).then(
    () => false,
    (thrown: unknown) => thrown instanceof AssayError && thrown.code === 'FOUNDATION_TOOL_MISSING',
  );
}

async function examineQemu(): Promise<Finding> {
  const version = await qemuVersion();
  if (version === undefined) {
    const remedy = installCommand(['qemu-system-x86']);
    return { what: 'QEMU', state: 'ill', detail: 'it does not say its version', remedy };
  }
  const [major] = version.split('.');
  const isOld = Number(major) < 7;
  return {
    what: 'QEMU',
    state: isOld ? 'warning' : 'well',
    detail: `version ${version}${isOld ? ', older than the 7.2 that Assay is tested with' : ''}`,
  };
}

async function examineAccelerator(choose: () => Promise<AcceleratorChoice>): Promise<Finding> {
  const what = 'accelerator';
  try {
    const { accelerator, reason } = await choose();
    return { what, state: 'well', detail: `${accelerator} (${reason})` };
  } catch (error) {
    const remedy = error instanceof AssayError ? error.remedy : undefined;
    return { what, state: 'warning', detail: `it cannot be probed: ${errorMessage(error)}`, remedy };
  }
}

async function examineFolder(what: string, path: string): Promise<Finding> {
  const existing = await nearestExisting(path);
  try {
    await access(existing, constants.W_OK | constants.X_OK);
  } catch (error) {
    const remedy = `make ${existing} writable, or stand in another folder`;
    return { what, state: 'ill', detail: `${path}: ${errorMessage(error)}`, remedy };
  }
  const { bavail, bsize } = await statfs(existing);
  const freeBytes = bavail * bsize;
  const detail = `${path}, ${formatSize(freeBytes)} free`;
  if (freeBytes >= neededBytes) return { what, state: 'well', detail };
  const remedy = 'assay clean, or make room otherwise';
  return { what, state: 'ill', detail: `${detail}; ${formatSize(neededBytes)} are needed`, remedy };
}

async function nearestExisting(path: string): Promise<string> {
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  return isThere || dirname(path) === path ? path : nearestExisting(dirname(path));
}

async function examineRuntimeFolder(): Promise<Finding> {
  try {
    return { what: 'folder for sockets', state: 'well', detail: await chooseRuntimeRoot() };
  } catch (error) {
    const remedy = error instanceof AssayError ? error.remedy : undefined;
    return { what: 'folder for sockets', state: 'ill', detail: errorMessage(error), remedy };
  }
}

function examineMemory(): Finding {
  const freeMiB = availableMemoryMiB();
  const detail = `${freeMiB} MiB available`;
  if (freeMiB >= neededMemoryMiB) return { what: 'memory', state: 'well', detail };
  return {
    what: 'memory',
    state: 'ill',
    detail,
    remedy: `free memory until ${neededMemoryMiB} MiB are available`,
  };
}

async function examineDeadRuns(): Promise<Finding> {
  const dead = await findDeadRuns();
  if (dead.length === 0) return { what: 'dead runs', state: 'well', detail: 'nothing left of any' };
  const ids = dead.map(({ runId }) => runId).join(', ');
  return {
    what: 'dead runs',
    state: 'warning',
    detail: `left by ${ids}`,
    remedy: 'the next assay run sweeps them',
  };
}
