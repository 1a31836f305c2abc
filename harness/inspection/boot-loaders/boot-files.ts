import type { Finding } from '../finding.ts';
import { bootFinding, fileIn } from './boot-finding.ts';
import { allBootFilesBytes, bootFileBytes, mostBootFiles } from './boot-limits.ts';
import type { BootSystem } from './boot-loader.ts';

export type BootFileKind =
  | 'syslinux'
  | 'grub'
  | 'systemd-boot-entry'
  | 'systemd-boot'
  | 'command-line'
  | 'fstab'
  | 'crypttab'
  | 'grub-environment'
  | 'rauc'
  | 'rauc-status'
  | 'u-boot-environment'
  | 'u-boot-settings';

/** A file that says how the disk starts. */
export interface BootFile {
  kind: BootFileKind;
  system: BootSystem;
  path: string;
  /** For people. */
  where: string;
  bytes: Buffer;
  /** Latin-1 would do: only ASCII has a meaning in them. */
  text: string;
}

/** By path, whatever the size of letters; the file system may be the root, /boot or the EFI system partition. */
const patterns: readonly [BootFileKind, RegExp][] = [
  ['syslinux', /^(?:\/[\w-]+){0,3}\/(?:sys|ext|iso)linux\.(?:cfg|conf)$/i],
  ['grub', /^(?:\/boot|\/efi)?(?:\/grub2?|\/efi\/[^/]+)\/grub\.cfg$/i],
  ['grub', /^\/boot\/efi\/efi\/[^/]+\/grub\.cfg$/i],
  ['systemd-boot-entry', /^(?:\/boot|\/efi|\/boot\/efi)?\/loader\/entries\/[^/]+\.conf$/i],
  ['systemd-boot', /^(?:\/boot|\/efi|\/boot\/efi)?\/loader\/loader\.conf$/i],
  ['command-line', /^(?:\/boot|\/boot\/firmware)?\/cmdline\.txt$/i],
  ['command-line', /^\/etc\/kernel\/cmdline$/],
  ['fstab', /^\/etc\/fstab$/],
  ['crypttab', /^\/etc\/crypttab$/],
  ['grub-environment', /^(?:\/boot|\/efi)?(?:\/grub2?|\/efi\/[^/]+|)\/grubenv$/i],
  ['rauc', /^(?:\/etc|\/usr\/lib|\/run)?\/rauc\/system\.conf$/],
  ['rauc-status', /^(?:\/[\w-]+){0,4}\/(?:central\.raucs|slot\.raucs|rauc\.status)$/],
  ['u-boot-environment', /^(?:\/boot|\/boot\/firmware)?\/uboot(?:-redund)?\.env$/i],
  ['u-boot-settings', /^\/etc\/fw_env\.config$/],
];

/** Finds and reads them in all file systems; what is beyond the limits is a finding. */
export async function readBootFiles(
  systems: readonly BootSystem[],
): Promise<{ files: BootFile[]; findings: Finding[] }> {
  const files: BootFile[] = [];
  const findings: Finding[] = [];
  let leftBytes = allBootFilesBytes;
  for (const system of systems) {
    const { tree } = system;
    if (tree === undefined) continue;
    const found = [...tree.nodes.values()].flatMap(({ path, kind, sizeBytes }) => {
      const pattern = kind === 'file' ? patterns.find(([, expression]) => expression.test(path)) : undefined;
      return pattern === undefined ? [] : [{ kind: pattern[0], path, sizeBytes }];
    });
    const wanted = found.slice(0, mostBootFiles).filter(({ sizeBytes }) => {
      const isRoom = Math.min(sizeBytes, bootFileBytes) <= leftBytes;
      if (isRoom) leftBytes -= Math.min(sizeBytes, bootFileBytes);
      return isRoom;
    });
    if (found.length > wanted.length) {
      const evidence = `${wanted.length} of ${found.length} files were read`;
      findings.push(bootFinding('boot-files-too-many', fileIn(system, '/'), evidence));
    }
    const contents = await tree.readMany(
      wanted.map(({ path }) => path),
      bootFileBytes,
    );
    for (const { kind, path } of wanted) {
      const bytes = contents.get(path);
      if (bytes === undefined) continue;
      files.push({ kind, system, path, where: fileIn(system, path), bytes, text: bytes.toString('utf8') });
    }
  }
  return { files, findings };
}
