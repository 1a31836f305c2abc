/** Machine code in a first sector, of a disk or a partition. */
export interface BootCode {
  /** `none` for zeros, and for the text of mkfs.fat that this disk cannot be started. */
  id:
    | 'none'
    | 'grub'
    | 'syslinux-mbr'
    | 'syslinux-gptmbr'
    | 'syslinux-altmbr'
    | 'syslinux'
    | 'extlinux'
    | 'isolinux'
    | 'windows'
    | 'lilo'
    | 'unknown';
  name: string;
}

/** The code of an MBR ends here; the disk's signature and the table follow (UEFI 2.10, 5.2.1). */
const mbrCodeBytes = 440;

/** By the messages that the code prints; the first that has all of its texts. */
const known: readonly (BootCode & { texts: readonly string[]; without?: string })[] = [
  { id: 'grub', name: 'GRUB', texts: ['GRUB ', 'Geom', 'Read', ' Error'] },
  { id: 'isolinux', name: 'isolinux (hybrid)', texts: ['isolinux.bin missing or corrupt'] },
  { id: 'windows', name: 'Windows', texts: ['Invalid partition table', 'Missing operating system'] },
  { id: 'syslinux-gptmbr', name: 'syslinux gptmbr.bin', texts: ['Missing OS', 'Multiple active partitions'] },
  {
    id: 'syslinux-mbr',
    name: 'syslinux mbr.bin',
    texts: ['Missing operating system.', 'Multiple active partitions.'],
  },
  {
    id: 'syslinux-altmbr',
    name: 'syslinux altmbr.bin',
    texts: ['Missing operating system.', 'Operating system load error.'],
  },
  { id: 'extlinux', name: 'extlinux', texts: ['EXTLINUX', 'Boot error'] },
  { id: 'syslinux', name: 'syslinux', texts: ['SYSLINUX', 'Boot error'] },
  { id: 'windows', name: 'Windows (NTFS)', texts: ['BOOTMGR'] },
  { id: 'lilo', name: 'LILO', texts: ['LILO'] },
  { id: 'none', name: 'none', texts: ['This is not a bootable disk'] },
];

/** Code that starts the partition that is marked as active. */
export const startsActivePartition: readonly BootCode['id'][] = [
  'syslinux-mbr',
  'syslinux-gptmbr',
  'windows',
];

/** Recognises the code of a master boot record, or of the first sector of a partition. */
export function recogniseBootCode(sector: Buffer): BootCode {
  const hasSignature = sector.length >= 512 && sector.readUInt16LE(510) === 0xaa55;
  const text = sector.toString('latin1');
  const found = known.find(({ texts }) => texts.every((part) => text.includes(part)));
  // Without its two last bytes, no BIOS starts it.
  if (!hasSignature || isWithoutCode(sector)) return { id: 'none', name: 'none' };
  return found === undefined ? { id: 'unknown', name: 'unknown code' } : { id: found.id, name: found.name };
}

function isWithoutCode(sector: Buffer): boolean {
  return sector.subarray(0, mbrCodeBytes).every((byte) => byte === 0);
}
