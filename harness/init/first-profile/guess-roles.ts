import { mostReferences } from '../../inspection/boot-loaders/boot-limits.ts';
import type { BootSystem } from '../../inspection/boot-loaders/index.ts';
import { efiSystemTypes } from '../../inspection/partition-tables/type-names.ts';
import { readMountTable } from '../../inspection/residue/mount-table.ts';
import type { DiskLook } from './disk-look.ts';
import { namedPartition } from './named-partition.ts';
import { raucRoles } from './rauc-roles.ts';
import { roleByName } from './role-names.ts';

export interface Guess {
  role: string;
  /** In words, for a comment. */
  why: string;
}

export interface GuessedPartition {
  system: BootSystem;
  /** Left out where nothing says what it is. */
  guess?: Guess;
}

/** Says what partitions are to the appliance, each role once: the second root is `root-b`. */
export async function guessRoles(look: DiskLook): Promise<GuessedPartition[]> {
  const places = await mountPlaces(look);
  const slots = raucRoles(look);
  const kernels = kernelRoots(look);
  const taken = new Set<string>();
  return look.systems.map((system) => {
    const guess =
      byType(system) ??
      slots.get(system) ??
      byContent(system, look) ??
      places.get(system) ??
      kernels.get(system) ??
      byName(system) ??
      byTypeName(system) ??
      byFileSystem(system);
    return guess === undefined
      ? { system }
      : { system, guess: { ...guess, role: unique(guess.role, taken) } };
  });
}

function byType({ partition: { type, typeName }, fileSystem }: BootSystem): Guess | undefined {
  if (efiSystemTypes.includes(type))
    return { role: 'esp', why: 'its type is that of an EFI system partition' };
  if (fileSystem.type === 'swap') return { role: 'swap', why: 'it is a swap area' };
  const roles: Record<string, string> = {
    'BIOS boot': 'bios-boot',
    'PowerPC PReP boot': 'prep-boot',
    'Linux swap': 'swap',
    'Linux boot (XBOOTLDR)': 'boot',
    'U-Boot environment': 'u-boot-environment',
  };
  const role = roles[typeName ?? ''];
  return role === undefined ? undefined : { role, why: `its type is ${typeName}` };
}

/** A system, or what starts one; a name says which of several it is. */
function byContent(system: BootSystem, { roots }: DiskLook): Guess | undefined {
  const named = roleByName(system);
  const root = roots.find(({ partition }) => partition === system.partition);
  if (root !== undefined) {
    const mark = ['/etc/os-release', '/usr/lib/os-release', '/etc/fstab'].find((path) => root.find(path));
    const holds = `it holds a system (${mark ?? '/etc/passwd or /sbin/init'})`;
    if (named !== undefined && /^(?:root|recovery)/.test(named.role))
      return { role: named.role, why: `${holds}, and ${named.why}` };
    return { role: 'root', why: holds };
  }
  const files = [...(system.tree?.nodes.keys() ?? [])];
  const kernel = files.find((path) => /^\/(?:(?:sys|ext)linux|grub2?|vmlinu[xz][^/]*|bzImage)$/i.test(path));
  if (kernel === undefined || named !== undefined) return undefined;
  return { role: 'boot', why: `it holds ${kernel}, and no system` };
}

/** Where the systems of the disk mount partitions. */
async function mountPlaces({ roots, systems }: DiskLook): Promise<Map<BootSystem, Guess>> {
  const places = new Map<BootSystem, Guess>();
  for (const root of roots) {
    for (const { source, place, isBind } of readMountTable((await root.text('/etc/fstab')) ?? '')) {
      const system = isBind ? undefined : namedPartition(source, systems);
      const name = place.slice(place.lastIndexOf('/') + 1);
      const role = place === '/boot/efi' ? 'esp' : roleOf(name);
      if (system === undefined || places.has(system) || role === undefined) continue;
      const why = `/etc/fstab of partition ${root.partition.number} mounts it at ${place}`;
      places.set(system, { role, why });
    }
  }
  return places;
}

/** Roots of systems that cannot be looked into, such as those on XFS. */
function kernelRoots({ bootFiles, systems }: DiskLook): Map<BootSystem, Guess> {
  const roots = new Map<BootSystem, Guess>();
  for (const { kind, text, where } of bootFiles) {
    if (!['syslinux', 'grub', 'systemd-boot-entry', 'command-line'].includes(kind)) continue;
    const names = [...text.matchAll(/(?:^|\s)root=(\S+)/gm)].slice(0, mostReferences);
    for (const [, name] of names) {
      const system = namedPartition(name!, systems);
      if (system === undefined || roots.has(system)) continue;
      roots.set(system, { role: 'root', why: `${where} gives it to the kernel as root=` });
    }
  }
  return roots;
}

function byName(system: BootSystem): Guess | undefined {
  const named = roleByName(system);
  if (named !== undefined) return named;
  const { label } = system.fileSystem;
  const role = roleOf(system.partition.name ?? '') ?? roleOf(label ?? '');
  const isUsual = /^(?:linux|primary|disk|no-name|p\d+)(?:-|$)/.test(role ?? 'disk');
  return role === undefined || isUsual ? undefined : { role, why: 'it is named so' };
}

/** `Linux /home`, `Linux root verity (x86-64)`. */
function byTypeName({ partition: { typeName = '' } }: BootSystem): Guess | undefined {
  const name = /^Linux (\/.*|.*(?:root|verity).*?)(?: \(.*\))?$/.exec(typeName)?.[1];
  const role = roleOf(name ?? '');
  return role === undefined ? undefined : { role, why: `its type is ${typeName}` };
}

function byFileSystem({ fileSystem: { type }, tree }: BootSystem): Guess | undefined {
  const holders: Record<string, string> = {
    ...{ lvm2: 'lvm', luks1: 'encrypted', luks2: 'encrypted', 'md-raid': 'raid' },
  };
  const role = holders[type] ?? (tree === undefined ? undefined : 'data');
  return role === undefined
    ? undefined
    : { role, why: role === 'data' ? 'it holds files, and no system' : `it holds ${type}` };
}

/** A name as a role; undefined where nothing of it is left. */
function roleOf(name: string): string | undefined {
  const role = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[-\d]+/, '')
    .slice(0, 24)
    .replace(/-+$/, '');
  return role === '' ? undefined : role;
}

function unique(role: string, taken: Set<string>): string {
  const stem = role.replace(/-[b-z]$/, '');
  const letters = [...'bcdefghijklmnopqrstuvwxyz'].map((letter) => `${stem}-${letter}`);
  const numbers = Array.from({ length: 256 }, (_, index) => `${stem}-${index + 2}`);
  const free = [role, ...letters, ...numbers].find((name) => !taken.has(name))!;
  taken.add(free);
  return free;
}
