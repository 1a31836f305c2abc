import { printable } from '../file-systems/printable.ts';
import type { Finding } from '../finding.ts';
import { efiSystemTypes } from '../partition-tables/type-names.ts';
import { bootFinding, fileIn } from './boot-finding.ts';
import { efiProgramBytes, mostEfiPrograms, mostEfiProgramsOfDisk } from './boot-limits.ts';
import type { BootLoader, BootSystem } from './boot-loader.ts';

/** The names that a firmware looks for by itself, by machine (UEFI 2.10, table 3.1). */
const fallback = /^\/EFI\/BOOT\/BOOT(?:IA32|X64|ARM|AA64|RISCV64|LOONGARCH64)\.EFI$/i;
const program = /^\/EFI\/(?:[^/]+\/){0,4}[^/]+\.efi$/i;

const machines: Record<number, string> = {
  332: 'IA32',
  34404: 'x64',
  450: 'ARM',
  43620: 'AArch64',
  20580: 'RISC-V 64',
};

/** What UEFI starts, and what is beside it. */
export async function recogniseEfiLoaders(
  systems: readonly BootSystem[],
): Promise<{ loaders: BootLoader[]; findings: Finding[] }> {
  const loaders: BootLoader[] = [];
  const findings: Finding[] = [];
  let left = mostEfiProgramsOfDisk;
  for (const system of systems) {
    const { tree, partition, fileSystem } = system;
    if (tree === undefined || !fileSystem.type.startsWith('fat')) continue;
    const paths = [...tree.nodes.values()]
      .filter(({ path, kind }) => kind === 'file' && program.test(path))
      .map(({ path }) => path);
    // The places where a firmware looks come first, before the limit.
    const ordered = [
      ...paths.filter((path) => fallback.test(path)),
      ...paths.filter((path) => !fallback.test(path)),
    ];
    const isSystemPartition =
      efiSystemTypes.includes(partition.type) || paths.some((path) => fallback.test(path));
    if (isSystemPartition && !paths.some((path) => fallback.test(path))) {
      findings.push(
        bootFinding(
          'efi-fallback-missing',
          fileIn(system, '/EFI/BOOT'),
          `loaders: ${paths.slice(0, 5).join(', ') || 'none'}`,
        ),
      );
    }
    const looked = ordered.slice(0, Math.min(mostEfiPrograms, left));
    left -= looked.length;
    for (const path of looked) {
      const bytes = (await tree.read(path, efiProgramBytes)) ?? Buffer.alloc(0);
      const machine = machineOf(bytes);
      const where = fileIn(system, path);
      if (machine !== undefined)
        loaders.push({ name: nameOf(bytes), firmware: 'uefi', where, facts: factsOf(bytes, machine) });
      else if (fallback.test(path))
        findings.push(
          bootFinding(
            'efi-loader-damaged',
            where,
            `it begins with ${bytes.subarray(0, 8).toString('hex') || 'nothing'}`,
          ),
        );
    }
  }
  return { loaders, findings };
}

/** Whether one of them is where a firmware looks without an entry of its own. */
export function startsByItself({ firmware, where }: BootLoader): boolean {
  return firmware === 'uefi' && fallback.test(where.replace(/^[^/]*/, ''));
}

/** Of a program of UEFI (PE/COFF specification, sections "MS-DOS Stub" and "COFF File Header"); undefined when it is none. */
function machineOf(bytes: Buffer): string | undefined {
  if (bytes.length < 64 || bytes.toString('latin1', 0, 2) !== 'MZ') return undefined;
  const at = bytes.readUInt32LE(0x3c);
  if (at + 6 > bytes.length || bytes.toString('latin1', at, at + 4) !== 'PE\0\0') return undefined;
  const machine = bytes.readUInt16LE(at + 4);
  return machines[machine] ?? `0x${machine.toString(16)}`;
}

/** In this order: a shim names GRUB, too. */
const marks: readonly [string, string][] = [
  ['systemd-boot', '#### LoaderInfo: systemd-boot'],
  ['systemd-stub (kernel)', '#### LoaderInfo: systemd-stub'],
  ['shim', 'UEFI SHIM\n'],
  ['GRUB', 'grub,'],
  ['GRUB', 'GNU GRUB'],
  ['GRUB', '/grub.cfg'],
  ['syslinux', 'SYSLINUX'],
  ['Windows', 'B\0o\0o\0t\0 \0M\0a\0n\0a\0g\0e\0r'],
  ['Linux kernel', 'HdrS'],
];

function nameOf(bytes: Buffer): string {
  return marks.find(([, mark]) => bytes.includes(mark, 0, 'latin1'))?.[0] ?? 'unknown program';
}

/** Versions stand in the list of revocations that signed loaders have in them (SBAT), or in systemd-boot's own line. */
function factsOf(bytes: Buffer, machine: string): Map<string, string> {
  const facts = new Map([['machine', machine]]);
  const at = bytes.indexOf('#### LoaderInfo: ', 0, 'latin1');
  const text = at === -1 ? '' : bytes.toString('latin1', at + 17, at + 100);
  const version = /^(\S+ \S+) ####/.exec(text)?.[1];
  if (version !== undefined) facts.set('version', printable(Buffer.from(version)));
  return facts;
}
