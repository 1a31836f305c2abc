import { mkdir, readFile } from 'node:fs/promises';
import { ext4Repair } from '../file-system/repair-ext4.ts';
import type { PartitionRole } from '../layout/layout-schema.ts';
import type { Machine } from './machine.ts';
import { runProgram } from './run-program.ts';

/** One partition to be mounted. */
export interface MountRequest {
  role: PartitionRole;
  /** A folder that the image has, or one below `/run`, which is made. */
  path: string;
  readOnly?: boolean;
}

/**
 * Mounts ext4 partitions, all with one start of a program. One that cannot be mounted is repaired first (see
 * `ext4Repair`).
 *
 * @throws CORE_PROGRAM_FAILED when one of them cannot be mounted; those before it stay mounted.
 */
export async function mountPartitions(machine: Machine, requests: readonly MountRequest[]): Promise<void> {
  const mountedAlready = await mountPoints();
  // A partition that is mounted already is what was asked for: a step that was cut off is run again.
  const wanted = requests.filter(({ path }) => !mountedAlready.has(path));
  if (wanted.length === 0) return;
  for (const { path } of wanted) await mkdir(path, { recursive: true });
  const commands = wanted.map(({ role, path, readOnly }) => {
    const options = readOnly ? 'ro,noatime' : 'rw,noatime';
    // Without a device, mounting fails and says so.
    const device = machine.device(role) ?? '/dev/none';
    const mount = `mount -t ext4 -o ${options} ${device} ${path}`;
    return `${mount} || { ${ext4Repair(device)}; ${mount}; }`;
  });
  await runProgram('sh', ['-e', '-c', commands.join('\n')]);
}

async function mountPoints(): Promise<Set<string | undefined>> {
  const lines = (await readFile('/proc/mounts', 'utf8')).split('\n');
  return new Set(lines.map((line) => line.split(' ')[1]));
}

export async function unmount(...paths: readonly string[]): Promise<void> {
  await runProgram('sh', ['-e', '-c', paths.map((path) => `umount ${path}`).join('\n')]);
}

/** Mounts partitions for as long as `work` takes. */
export async function withMounts<Result>(
  machine: Machine,
  requests: readonly MountRequest[],
  work: () => Promise<Result>,
): Promise<Result> {
  await mountPartitions(machine, requests);
  try {
    return await work();
  } finally {
    await unmount(...requests.map(({ path }) => path).reverse());
  }
}

/** Makes the root file system writable for as long as `work` takes; it is read-only at all other times. */
export async function withWritableRoot<Result>(work: () => Promise<Result>): Promise<Result> {
  await runProgram('mount', ['-o', 'remount,rw', '/']);
  try {
    return await work();
  } finally {
    await runProgram('mount', ['-o', 'remount,ro', '/']);
  }
}
