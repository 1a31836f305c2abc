import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** `8:16` for the device number of stat(2), as the files below /sys and /proc write it. */
export function deviceName(rdev: bigint): string {
  const major = ((rdev >> 8n) & 0xfffn) | ((rdev >> 32n) & 0xfffff000n);
  const minor = (rdev & 0xffn) | ((rdev >> 12n) & 0xffffff00n);
  return `${major}:${minor}`;
}

export async function deviceSizeBytes(rdev: bigint): Promise<number> {
  // The kernel counts sectors of 512 bytes here, whatever the device's own are.
  return Number(await readFile(join(sysPath(rdev), 'size'), 'utf8')) * 512;
}

/** The file behind a loop device. */
export async function loopBackingFile(rdev: bigint): Promise<string | undefined> {
  return (await readIfThere(join(sysPath(rdev), 'loop/backing_file')))?.trim();
}

/**
 * What speaks against reading or writing a block device as a whole disk, as the end of a sentence; undefined when
 * nothing does. Partitions count for their disk. What other mount namespaces use is found by the kernel, when the
 * device is opened exclusively.
 */
export async function findDeviceUse(rdev: bigint): Promise<string | undefined> {
  const folder = await realpath(sysPath(rdev));
  const entries = await readdir(folder);
  if (entries.includes('partition')) return 'is a partition, not a whole disk';
  const parts = [folder];
  for (const entry of entries) {
    if ((await readIfThere(join(folder, entry, 'partition'))) !== undefined) parts.push(join(folder, entry));
  }
  const mounts = await readFile('/proc/self/mountinfo', 'utf8');
  const swaps = (await readIfThere('/proc/swaps')) ?? '';
  for (const part of parts) {
    const use = await findUse(part, mounts, swaps);
    if (use !== undefined) return use;
  }
  return undefined;
}

async function findUse(folder: string, mounts: string, swaps: string): Promise<string | undefined> {
  const name = basename(folder);
  const number = (await readFile(join(folder, 'dev'), 'utf8')).trim();
  const mountPoint = await findMountPoint(mounts, number);
  if (mountPoint !== undefined) return `is mounted: ${name} on ${mountPoint}`;
  for (const line of swaps.split('\n').slice(1)) {
    if ((await numberOf(line.split(/\s+/)[0] ?? '')) === number) return `is in use: swap on ${name}`;
  }
  const holders = await readdir(join(folder, 'holders')).catch(() => []);
  if (holders.length > 0) return `is in use: ${name} is part of ${holders.join(', ')}`;
  return undefined;
}

/** File systems such as btrfs show a number of their own; then the device that was mounted tells. */
async function findMountPoint(mounts: string, number: string): Promise<string | undefined> {
  for (const line of mounts.split('\n')) {
    const [fields, source] = line.split(' - ').map((half) => half.split(' '));
    if (fields?.[4] === undefined) continue;
    const isSame = fields[2] === number || (await numberOf(source?.[1] ?? '')) === number;
    if (isSame) return unescaped(fields[4]);
  }
  return undefined;
}

async function numberOf(path: string): Promise<string | undefined> {
  if (!path.startsWith('/')) return undefined;
  const facts = await stat(unescaped(path), { bigint: true }).catch(() => undefined);
  return facts?.isBlockDevice() ? deviceName(facts.rdev) : undefined;
}

/** mountinfo writes blanks as `\040`. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits) => String.fromCharCode(Number.parseInt(digits, 8)));
}

function sysPath(rdev: bigint): string {
  return `/sys/dev/block/${deviceName(rdev)}`;
}

async function readIfThere(path: string): Promise<string | undefined> {
  return await readFile(path, 'utf8').catch(() => undefined);
}
