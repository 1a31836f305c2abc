import type { ImageSource } from '../image-source.ts';
import { prepTypes } from '../partition-tables/type-names.ts';
import { partitionName } from '../place.ts';
import { fileIn } from './boot-finding.ts';
import type { BootLoader, BootSystem } from './boot-loader.ts';

/** What the ROM of a board looks for, at fixed places of the disk. */
const codes: readonly { name: string; offsetBytes: number; bytes: Buffer }[] = [
  // linux-sunxi.org/BROM: eGON.BT0 at 8 KiB, with GPT at 128 KiB.
  { name: 'Allwinner (eGON)', offsetBytes: 8196, bytes: Buffer.from('eGON.BT0') },
  { name: 'Allwinner (eGON)', offsetBytes: 131_076, bytes: Buffer.from('eGON.BT0') },
  // opensource.rock-chips.com/wiki_Boot_option: the ID block in sector 64, enciphered or plain.
  { name: 'Rockchip (ID block)', offsetBytes: 32_768, bytes: Buffer.from('3b8cdcfc', 'hex') },
  { name: 'Rockchip (ID block)', offsetBytes: 32_768, bytes: Buffer.from('RKNS') },
  // NXP i.MX reference manuals, "Image Vector Table": at 1 KiB.
  { name: 'NXP i.MX (IVT)', offsetBytes: 1024, bytes: Buffer.from('d1002040', 'hex') },
  { name: 'NXP i.MX (IVT)', offsetBytes: 1024, bytes: Buffer.from('d1002041', 'hex') },
];

/** Files that the ROM of a Raspberry Pi, or of a TI AM335x, loads from a FAT. */
const files = /^\/(?:bootcode\.bin|start4?\.elf|MLO|tiboot3\.bin)$/i;

/** Loaders of boards, which need neither a BIOS nor UEFI. */
export async function recogniseBoardLoaders(
  source: ImageSource,
  systems: readonly BootSystem[],
): Promise<BootLoader[]> {
  const loaders: BootLoader[] = [];
  for (const { name, offsetBytes, bytes } of codes) {
    const found = await source.read(offsetBytes, bytes.length);
    if (found.equals(bytes))
      loaders.push({ name, firmware: 'board', where: `byte ${offsetBytes} of the disk`, facts: new Map() });
  }
  for (const system of systems) {
    if (!system.fileSystem.type.startsWith('fat')) continue;
    const [path] = [...(system.tree?.nodes.keys() ?? [])].filter((one) => files.test(one));
    if (path !== undefined)
      loaders.push({
        name: `the board loads ${path.slice(1)}`,
        firmware: 'board',
        where: fileIn(system, path),
        facts: new Map(),
      });
  }
  for (const { partition } of systems) {
    if (prepTypes.includes(partition.type)) {
      loaders.push({ name: 'PReP', firmware: 'board', where: partitionName(partition), facts: new Map() });
    }
  }
  return loaders;
}
