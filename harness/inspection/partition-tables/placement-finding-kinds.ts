import type { FindingKind } from '../finding.ts';

/** What can be wrong with the places of partitions, whatever the table. */
export const placementFindingKinds = [
  {
    id: 'disk-too-small',
    severity: 'error',
    title: 'the disk has not even one sector',
    reason: 'It is empty, or the rest of it got lost. There is nothing to clone.',
    fix: 'Copy the image again, and compare its size with the original.',
    source: 'UEFI 2.10, 5.2.1 (the MBR takes 512 bytes)',
  },
  {
    id: 'disk-size-odd',
    severity: 'warning',
    title: 'the size of the image is no multiple of 512 bytes',
    reason:
      'No disk is like that: the image was cut, or something was added to it. The last bytes do not fit on a disk of the same number of sectors, and QEMU pads them.',
    fix: 'Copy the image again and compare its size. If zeros are missing at the end: truncate --size=%512 disk.img makes it whole.',
    source: 'qemu-img(1) (raw images are rounded up to sectors); truncate(1)',
  },
  {
    id: 'partition-beyond-disk',
    severity: 'error',
    title: 'a partition goes beyond the end of the disk',
    reason:
      'The image was cut, or the table belongs to a larger disk. Files of the missing part cannot be read on any clone; Linux leaves such a partition of a GPT out, and shortens that of an MBR, whose file system then cannot be mounted.',
    fix: 'Copy the image again, whole. If the file system is smaller than the partition: shrink the partition, echo ", SIZE" | sfdisk -N 2 disk.img (its number).',
    source: 'Linux block/partitions/core.c ("extends beyond EOD") and efi.c, is_pte_valid()',
  },
  {
    id: 'partition-overlap',
    severity: 'error',
    title: 'two partitions overlap',
    reason:
      'What is written to one destroys the other. It does not show before both are in use, so that clones fail in the field, one after the other.',
    fix: 'sfdisk --verify disk.img and sgdisk --verify disk.img tell which. Find out which of them holds data, and delete or shrink the other: sfdisk --delete disk.img 3.',
    source: 'sfdisk(8), --verify; UEFI 2.10, 5.3.3 (partitions must not overlap)',
  },
  {
    id: 'partition-over-table',
    severity: 'error',
    title: 'a partition lies over the partition table itself',
    reason:
      'Whoever formats or fills this partition erases the table: then all partitions are gone. Whoever writes the table destroys the file system.',
    fix: 'Move the partition behind the table (2048 is the first sector that tools use), or delete it: sfdisk --delete disk.img 1.',
    source: 'UEFI 2.10, 5.2.1 and 5.3.2; sfdisk(8), --verify',
  },
  {
    id: 'partition-from-sector-zero',
    severity: 'warning',
    title: 'a partition begins in sector 0, with the MBR inside of it',
    reason:
      'Usual for hybrid ISO images, whose file system leaves the first sectors free and is never written to. Any other file system there has to share its first sector with the table, and formatting the partition erases it.',
    fix: 'Nothing, if it is an ISO image that is only read. Otherwise make the partition begin at sector 2048.',
    source: 'xorriso(1), -boot_image isolinux partition_table=on; UEFI 2.10, 5.2.1',
  },
  {
    id: 'partition-empty',
    severity: 'warning',
    title: 'an entry has a type but no length',
    reason:
      'It is no partition: Linux leaves it out, other programs count it, refuse the table, or divide by its size. It is damage, or a mistake of the program that made it.',
    fix: 'Delete it: sfdisk --delete disk.img 3 (its number), or sgdisk --delete=3 disk.img.',
    source: 'UEFI 2.10, tables 5-2 (SizeInLBA) and 5-6 (EndingLBA)',
  },
  {
    id: 'partitions-too-many',
    severity: 'error',
    leavesOpen: true,
    title: 'there are partitions with numbers above 255; they are not listed',
    reason: 'Linux shows at most 255 partitions of one disk. What lies in the others cannot be reached.',
    fix: 'Find out what made them: sfdisk --list disk.img. No appliance needs so many; make the table anew.',
    source: 'Linux include/linux/blkdev.h (DISK_MAX_PARTS) and block/partitions/efi.c',
  },
  {
    id: 'partition-misaligned',
    severity: 'warning',
    title: 'a partition does not begin at a multiple of 4 KiB',
    reason:
      'Most disks have physical sectors of 4 KiB, and flash has larger pages. Every block that the file system writes then lies over two of them: the disk has to read, change and write back both, which costs speed and, with flash, life; a power cut in between damages neighbours.',
    fix: 'Make the partition anew at a multiple of 1 MiB (sector 2048), and copy the files.',
    source: 'Linux Documentation/ABI, queue/physical_block_size; fdisk(8), "alignment"; parted, align-check',
  },
  {
    id: 'partition-not-on-mebibyte',
    severity: 'note',
    title: 'a partition does not begin at a multiple of 1 MiB',
    reason:
      'It is at a multiple of 4 KiB, which is enough for disks with 4 KiB sectors. Flash erases in larger blocks, and RAID has stripes: there it can cost some speed.',
    fix: 'Nothing is needed. Tools of today begin partitions at multiples of 1 MiB if they are not told otherwise.',
    source: 'fdisk(8) and sfdisk(8) (default alignment 1 MiB)',
  },
  {
    id: 'partition-type-unknown',
    severity: 'note',
    title: 'the type of a partition is not known',
    reason:
      'It may be of another system or of the maker. Programs that go by types (systemd, firmware, installers) leave it alone; Linux mounts whatever is in it.',
    fix: 'Nothing, if it is meant so. Otherwise sfdisk --part-type disk.img 1 TYPE; sfdisk --list-types shows those that are known.',
    source: 'UEFI 2.10, 5.2.2 and table 5-7; Discoverable Partitions Specification',
  },
  {
    id: 'hole-in-table',
    severity: 'note',
    title: 'there is unused space before or between partitions',
    reason:
      'It is part of every clone: it takes time to copy, and what lies there from earlier is copied too. A boot loader or a licence may live there on purpose.',
    fix: 'Nothing, if it is meant so. sfdisk --list-free disk.img shows all of it.',
    source: 'sfdisk(8), --list-free',
  },
  {
    id: 'unused-end',
    severity: 'note',
    title: 'there is unused space at the end of the disk',
    reason:
      'Usual where systems grow at first boot. Otherwise the image is larger than it needs to be, and a disk that is only a little smaller than the image is refused though all would fit.',
    fix: 'Nothing, if it is meant so. Otherwise let the last partition grow: echo ", +" | sfdisk -N 2 disk.img (its number), then resize its file system.',
    source: 'sfdisk(8), --list-free',
  },
] as const satisfies readonly FindingKind[];
