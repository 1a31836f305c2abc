import type { Finding } from '../finding.ts';
import type { ImageSource } from '../image-source.ts';
import { partitionName } from '../place.ts';
import { recogniseBiosLoaders } from './bios-loaders.ts';
import { recogniseBoardLoaders } from './board-loaders.ts';
import { readBootEnvironments } from './boot-environments.ts';
import { type BootFile, readBootFiles } from './boot-files.ts';
import { bootFinding } from './boot-finding.ts';
import { BootFindingList } from './boot-finding-list.ts';
import type { BootLoader, BootPartitions, BootSystem } from './boot-loader.ts';
import { recogniseEfiLoaders, startsByItself } from './efi-loaders.ts';
import { judgeEntries } from './judge-entries.ts';
import { judgeReferences } from './judge-references.ts';
import { recogniseRauc } from './rauc.ts';

/**
 * Says what starts the disk, and whether it will on another machine: code in first sectors, programs of UEFI, what boards look for, the settings and
 * states of loaders, and whether what they name is on the disk.
 *
 * @param systems Every partition that was recognised, with its tree where there is one.
 */
export async function recogniseBootLoaders(
  source: ImageSource,
  disk: BootPartitions,
  systems: readonly BootSystem[],
): Promise<{ loaders: BootLoader[]; findings: Finding[] }> {
  const { files, findings } = await readBootFiles(systems);
  const bios = await recogniseBiosLoaders(source, disk, systems);
  const efi = await recogniseEfiLoaders(systems);
  const boards = await recogniseBoardLoaders(source, systems);
  const environments = await readBootEnvironments(source, disk, files);
  const loaders = [...bios.loaders, ...efi.loaders, ...boards];
  const list = new BootFindingList();
  list.add(findings);
  // Where UEFI finds its loader, code for a BIOS may be a remainder that nobody starts.
  list.add(efi.loaders.some(startsByItself) ? [] : bios.findings);
  list.add(efi.findings);
  list.add(doesBoot(loaders) ? [] : withoutLoader(disk, systems));
  list.add(environments.findings);
  list.add(judgeReferences(files, disk, systems));
  list.add(judgeEntries(files, systems, loaders));
  return {
    loaders: [...loaders, ...settingsOf(files), ...recogniseRauc(files), ...environments.loaders],
    findings: list.all(),
  };
}

/** Code in the first sector is enough, also when nobody knows it; a program that only an entry in the firmware of the master leads to is not. */
function doesBoot(loaders: readonly BootLoader[]): boolean {
  return loaders.some(
    (loader) => startsByItself(loader) || loader.firmware === 'board' || loader.where === 'sector 0',
  );
}

/** A system's root, or a loader that something would have to start. */
const signsOfSystem = [
  ...['/etc/fstab', '/etc/os-release', '/usr/lib/os-release', '/etc/passwd', '/sbin/init', '/usr/sbin/init'],
  ...['/ldlinux.sys', '/boot/ldlinux.sys', '/boot/grub/grub.cfg', '/grub/grub.cfg'],
];

/** A disk for data starts nothing, and is not meant to. */
function withoutLoader({ partitions }: BootPartitions, systems: readonly BootSystem[]): Finding[] {
  const system = systems.find(({ tree }) => signsOfSystem.some((path) => tree?.nodes.has(path)));
  const active = partitions.find(({ isActive }) => isActive);
  const place = system?.partition ?? active;
  if (place === undefined) return [];
  const evidence =
    system === undefined ? 'it is marked as active' : 'it holds a system; no boot code, no program of UEFI';
  return [bootFinding('nothing-boots', partitionName(place), evidence)];
}

const names: Partial<Record<BootFile['kind'], string>> = {
  syslinux: 'syslinux settings',
  grub: 'GRUB settings',
  'systemd-boot': 'systemd-boot settings',
  'systemd-boot-entry': 'systemd-boot entry',
};

function settingsOf(files: readonly BootFile[]): BootLoader[] {
  return files.flatMap(({ kind, where, bytes }) => {
    const name = names[kind];
    return name === undefined
      ? []
      : [{ name, firmware: 'state', where, facts: new Map([['size', `${bytes.length} bytes`]]) }];
  });
}
