import type { Finding } from '../finding.ts';
import type { ImageSource } from '../image-source.ts';
import { type DiskPartition, partitionName } from '../place.ts';
import { type BootCode, recogniseBootCode, startsActivePartition } from './boot-code.ts';
import { bootFinding, fileIn } from './boot-finding.ts';
import type { BootLoader, BootPartitions, BootSystem } from './boot-loader.ts';

const sectorBytes = 512;
/** Where boot.img keeps the sector in which GRUB continues (GRUB, include/grub/i386/pc/boot.h: GRUB_BOOT_MACHINE_KERNEL_SECTOR). */
const grubContinuesAt = 0x5c;

interface Found {
  loaders: BootLoader[];
  findings: Finding[];
}

/** What a BIOS starts: the code of the first sector, and where that leads (BIOS Boot Specification 1.01, section 6.5). */
export async function recogniseBiosLoaders(
  source: ImageSource,
  { table, partitions }: BootPartitions,
  systems: readonly BootSystem[],
): Promise<Found> {
  const sector = await source.read(0, sectorBytes);
  const code = recogniseBootCode(sector);
  const files = loaderFiles(systems);
  if (code.id === 'none') return { loaders: files, findings: [] };
  const first: BootLoader = { name: code.name, firmware: 'bios', where: 'sector 0', facts: new Map() };
  const found: Found = { loaders: [first, ...files], findings: [] };
  if (code.id === 'grub') return merged(found, await followGrub(source, sector, partitions));
  if (table === 'none' || !startsActivePartition.includes(code.id)) return found;
  return merged(found, await followActive(source, code, partitions));
}

function merged(...all: Found[]): Found {
  return {
    loaders: all.flatMap(({ loaders }) => loaders),
    findings: all.flatMap(({ findings }) => findings),
  };
}

async function followGrub(
  source: ImageSource,
  sector: Buffer,
  partitions: readonly DiskPartition[],
): Promise<Found> {
  const number = sector.readBigUInt64LE(grubContinuesAt);
  const isOnDisk = number > 0n && number < BigInt(Math.ceil(source.sizeBytes / sectorBytes));
  const offsetBytes = isOnDisk ? Number(number) * sectorBytes : 0;
  const start = isOnDisk ? await source.read(offsetBytes, sectorBytes) : Buffer.alloc(0);
  const text = start.toString('latin1');
  if (!text.includes('Geom') || !text.includes('Read')) {
    const evidence = `GRUB continues in sector ${number}, ${isOnDisk ? 'where there is no core.img' : 'which the disk does not have'}`;
    return {
      loaders: [],
      findings: [
        bootFinding('boot-code-leads-nowhere', 'sector 0', evidence, {
          offsetBytes: 0,
          lengthBytes: sectorBytes,
        }),
      ],
    };
  }
  const partition = partitions.find(
    (one) =>
      one.kind !== 'extended' &&
      offsetBytes >= one.offsetBytes &&
      offsetBytes < one.offsetBytes + one.sizeBytes,
  );
  const place =
    partition === undefined ? 'between the table and the first partition' : partitionName(partition);
  const facts = new Map([['lies', place]]);
  return {
    loaders: [{ name: 'GRUB core.img', firmware: 'bios', where: `sector ${number}`, facts }],
    findings: [],
  };
}

async function followActive(
  source: ImageSource,
  code: BootCode,
  partitions: readonly DiskPartition[],
): Promise<Found> {
  const active = partitions.filter(({ isActive }) => isActive);
  const [partition] = active;
  if (partition === undefined || active.length > 1) {
    const evidence = `${code.name}; active: ${active.map(partitionName).join(', ') || 'none'}`;
    return { loaders: [], findings: [bootFinding('no-active-partition', 'sector 0', evidence)] };
  }
  const second = recogniseBootCode(await source.read(partition.offsetBytes, sectorBytes));
  const where = `${partitionName(partition)}, its first sector`;
  if (second.id !== 'none')
    return { loaders: [{ name: second.name, firmware: 'bios', where, facts: new Map() }], findings: [] };
  const range = { offsetBytes: partition.offsetBytes, lengthBytes: sectorBytes };
  const evidence = `${code.name} starts ${partitionName(partition)}, which has no code`;
  return { loaders: [], findings: [bootFinding('boot-code-leads-nowhere', where, evidence, range)] };
}

/** What the code in a partition loads; it finds it by its sectors, so that the name alone says little. */
function loaderFiles(systems: readonly BootSystem[]): BootLoader[] {
  return systems.flatMap((system) =>
    [...(system.tree?.nodes.values() ?? [])]
      .filter(({ path, kind }) => kind === 'file' && /^\/(?:[^/]+\/){0,3}ldlinux\.sys$/i.test(path))
      .slice(0, 4)
      .map(({ path, sizeBytes }) => ({
        ...({ name: 'syslinux ldlinux.sys', firmware: 'bios' } as const),
        where: fileIn(system, path),
        facts: new Map([['size', `${sizeBytes} bytes`]]),
      })),
  );
}
