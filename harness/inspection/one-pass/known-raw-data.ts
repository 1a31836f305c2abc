/** Something that lies outside of partitions on purpose, or did on an older use of the disk. */
interface KnownRawData {
  name: string;
  /** Looked for from the first sector with data, in so many sectors. */
  sectors: number;
  isIn: (sector: Buffer) => boolean;
}

const searchedSectors = 64;

/** At a coarse level: what they begin with. Nothing of it is a proof. */
const knownRawData: readonly KnownRawData[] = [
  // diskboot.S of GRUB 2: pushes dx and si, and its messages. It begins what lies outside, or follows the boot record.
  {
    name: 'GRUB core.img',
    sectors: 2,
    isIn: (sector) => sector[0] === 0x52 && has(sector, 'loading') && has(sector, 'Geom'),
  },
  {
    name: 'syslinux',
    sectors: searchedSectors,
    isIn: (sector) => has(sector, '\r\nSYSLINUX ') || has(sector, '\r\nEXTLINUX '),
  },
  {
    name: 'a header of a GUID partition table',
    sectors: searchedSectors,
    isIn: (sector) => startsWith(sector, 'EFI PART'),
  },
  { name: 'a LUKS header', sectors: searchedSectors, isIn: (sector) => startsWith(sector, 'LUKS\xba\xbe') },
  {
    name: 'an LVM physical volume',
    sectors: searchedSectors,
    isIn: (sector) => startsWith(sector, 'LABELONE'),
  },
  {
    name: 'a Linux RAID superblock',
    sectors: searchedSectors,
    isIn: (sector) => startsWith(sector, '\xfc\x4e\x2b\xa9'),
  },
  { name: 'a boot record', sectors: searchedSectors, isIn: isBootRecord },
  { name: 'an ext2/3/4 file system', sectors: searchedSectors, isIn: isExtSuperblock },
  { name: 'U-Boot', sectors: searchedSectors, isIn: (sector) => has(sector, 'U-Boot') },
];

/** How much of the beginning of some data is looked at, in bytes. */
export const recognisedBytes = searchedSectors * 512;

/**
 * What data seems to be, by its first bytes.
 *
 * @param start It begins with a sector of 512 bytes; what lies behind {@link recognisedBytes} is not looked at.
 */
export function recogniseRawData(start: Buffer): string[] {
  const sectors: Buffer[] = [];
  for (let at = 0; at < Math.min(start.length, recognisedBytes); at += 512)
    sectors.push(start.subarray(at, at + 512));
  return knownRawData
    .filter(({ sectors: most, isIn }) => sectors.slice(0, most).some(isIn))
    .map(({ name }) => name);
}

function has(sector: Buffer, text: string): boolean {
  return sector.includes(text, 0, 'latin1');
}

function startsWith(sector: Buffer, text: string): boolean {
  return sector.toString('latin1', 0, text.length) === text;
}

function isBootRecord(sector: Buffer): boolean {
  return sector.length === 512 && sector.readUInt16LE(510) === 0xaa55;
}

/** Of revision 0 or 1, with a block size that the kernel takes, for two bytes alone are in many other places. */
function isExtSuperblock(sector: Buffer): boolean {
  return (
    sector.length === 512 &&
    sector.readUInt16LE(56) === 0xef53 &&
    sector.readUInt32LE(76) <= 1 &&
    sector.readUInt32LE(24) <= 6
  );
}
