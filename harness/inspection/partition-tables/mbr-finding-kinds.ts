import type { FindingKind } from '../finding.ts';

/** What can be wrong with a master boot record and its logical drives. */
export const mbrFindingKinds = [
  {
    id: 'no-partition-table',
    severity: 'warning',
    title: 'there is no partition table, and no file system either that would explain it',
    reason:
      'Neither firmware nor an operating system finds anything to start or to mount on such a disk. All its clones are as empty, or hold something that only one program knows.',
    fix: 'Check that this is the image you meant, and that it was copied from its first byte on: xxd -l 512 disk.img. A disk that is meant to be raw needs nothing.',
    source: 'UEFI 2.10, 5.2.1; Linux block/partitions/msdos.c',
  },
  {
    id: 'mbr-signature-missing',
    severity: 'error',
    title: 'the first sector holds a partition table, and does not end in 55AA',
    reason:
      'A BIOS does not start such a disk, and Linux sees no partition on it. All else of it may be whole: the disk was looked at as if the mark were there.',
    fix: "Write the mark: printf '\\125\\252' | dd of=disk.img bs=1 seek=510 conv=notrunc; and look for what took it, for the 510 bytes before it may have suffered, too.",
    source: 'UEFI 2.10, table 5-1; BIOS Boot Specification 1.01, section 6.5.1',
  },
  {
    id: 'file-system-without-table',
    severity: 'note',
    title: 'a file system lies on the disk itself, without a partition table',
    reason:
      'Linux mounts this, and some firmware starts it. There is no place for a second system, and tools that ask for a partition table offer to make one, which destroys the file system.',
    fix: 'Nothing, if it is meant so. Otherwise make a table and copy the files into a partition.',
    source: 'Linux block/partitions/msdos.c (a boot sector of FAT is no table); wipefs(8)',
  },
  {
    id: 'file-system-beside-table',
    severity: 'warning',
    title: 'there is a partition table, and the signature of a file system on the whole disk as well',
    reason:
      'The Linux kernel believes the table, blkid and udev may believe the file system: then /dev/disk/by-uuid leads to the whole disk, and a tool that mounts or formats it runs over the partitions. Which of them wins can differ between the versions of one distribution, on all clones at once.',
    fix: 'wipefs --no-act disk.img shows both; erase the one that is left over: wipefs --all --types ext4 disk.img (the type that it names). Not so with FAT, for wipefs erases 55AA too and the table with it: dd if=/dev/zero of=disk.img bs=1 seek=11 count=25 conv=notrunc takes only its parameters.',
    source: 'wipefs(8); libblkid, partitions/dos.c; Linux block/partitions/msdos.c',
  },
  {
    id: 'no-partitions',
    severity: 'warning',
    title: 'the partition table is empty',
    reason: 'Nothing can be started from such a disk or mounted. All its clones are as empty.',
    fix: 'Check that this is the image you meant. If the table was lost, a backup of it is read back with sfdisk disk.img < table.dump.',
    source: 'UEFI 2.10, 5.2.1 and 5.3.3',
  },
  {
    id: 'mbr-disk-id-zero',
    severity: 'warning',
    title: 'the MBR has no disk signature',
    reason:
      'Partitions have no PARTUUID, so that root=PARTUUID=… and /dev/disk/by-partuuid do not work. Windows writes a signature of its own when it first sees the disk: a clone is changed by being attached somewhere.',
    fix: 'Give it one: sfdisk --disk-id disk.img 0x$(openssl rand -hex 4).',
    source: 'UEFI 2.10, table 5-1 (UniqueMBRDiskSignature); sfdisk(8), --disk-id',
  },
  {
    id: 'mbr-boot-flag-invalid',
    severity: 'error',
    title: 'the MBR has boot flags other than 0x00 and 0x80',
    reason:
      'Linux takes the sector for no partition table at all and shows no partitions; the usual boot code stops with "Invalid partition table". sfdisk shows the table as if nothing were wrong, so the mistake is found at the first start of a clone.',
    fix: 'Write the table anew: sfdisk --dump disk.img > table.dump; sfdisk disk.img < table.dump. Then look at it again.',
    source: 'Linux block/partitions/msdos.c, msdos_partition(); UEFI 2.10, table 5-2 (BootIndicator)',
  },
  {
    id: 'mbr-active-several',
    severity: 'warning',
    title: 'several partitions of the MBR are active',
    reason:
      'Boot code that follows the rules stops with "Invalid partition table"; other boot code takes the first. Which of them a clone starts depends on the machine.',
    fix: 'Leave one: sfdisk --activate disk.img 1 (its number) clears the others.',
    source: 'sfdisk(8), --activate; UEFI 2.10, table 5-2 (BootIndicator)',
  },
  {
    id: 'mbr-active-none',
    severity: 'note',
    title: 'no partition of the MBR is active',
    reason:
      'GRUB and UEFI do not need one. The usual boot code of MBRs does, and some BIOSes refuse disks without one.',
    fix: 'If it is to be started by a BIOS: sfdisk --activate disk.img 1 (its number).',
    source: 'sfdisk(8), --activate',
  },
  {
    id: 'mbr-type-zero',
    severity: 'warning',
    title: 'a partition of the MBR has a length but the type 0x00, which means unused',
    reason:
      'Linux and sfdisk list it, other systems take its place for free: their tools put the next partition there, over its data.',
    fix: 'Give it its type: sfdisk --part-type disk.img 1 83 (number and type), or delete it: sfdisk --delete disk.img 1.',
    source: 'UEFI 2.10, table 5-2 (OSType); Linux block/partitions/msdos.c',
  },
  {
    id: 'extended-several',
    severity: 'error',
    title: 'there is more than one extended partition',
    reason:
      'Linux reads all of them, sfdisk and others only the first: the partitions that an installer or a recovery sees are not those that the kernel sees, and the numbers of logical drives differ with them.',
    fix: 'Move what the second one holds into the first, or turn to GPT: sgdisk --mbrtogpt disk.img (try it on a copy).',
    source: 'libfdisk, dos.c ("Ignoring extra extended partition"); Linux block/partitions/msdos.c',
  },
  {
    id: 'ebr-loop',
    severity: 'error',
    title: 'the chain of logical drives leads back to itself',
    reason:
      'Programs that follow it without a limit hang, at the start of every clone; Linux lists the same drives again and again until its limit is reached.',
    fix: 'Write the table anew from what is right of it: sfdisk --dump disk.img > table.dump, delete the repeated lines, sfdisk disk.img < table.dump.',
    source: 'UEFI 2.10, 5.2.1; Linux block/partitions/msdos.c, parse_extended()',
  },
  {
    id: 'ebr-outside',
    severity: 'error',
    title: 'the chain of logical drives leads out of the extended partition',
    reason:
      'What follows is read from a place that belongs to another partition, or to nobody: whoever writes files there makes partitions. Tools stop at different places of such a chain.',
    fix: 'Write the table anew: sfdisk --dump disk.img > table.dump, check it, sfdisk disk.img < table.dump.',
    source: 'Linux block/partitions/msdos.c, parse_extended(); sfdisk(8), --verify',
  },
  {
    id: 'ebr-backward',
    severity: 'warning',
    title: 'the chain of logical drives goes backward',
    reason:
      'The numbers of logical drives are not in the order of their places. Some systems and old boot loaders expect rising places and do not see what comes after; partitioning tools that sort them change the numbers that fstab and boot loaders use.',
    fix: 'sfdisk --reorder disk.img, then put the new numbers into fstab and the boot loader, or use UUIDs there.',
    source: 'sfdisk(8), --reorder',
  },
  {
    id: 'ebr-unreadable',
    severity: 'error',
    title: 'a boot record in the chain of logical drives is missing',
    reason:
      'The chain ends there: this logical drive and all behind it are invisible, on every clone, though their data may be there.',
    fix: 'Write the lost record anew: with the places of the drives known, sfdisk disk.img < table.dump; testdisk searches for them otherwise.',
    source: 'Linux block/partitions/msdos.c, parse_extended() (signature 55AA at byte 510)',
  },
  {
    id: 'ebr-chain-too-long',
    severity: 'error',
    leavesOpen: true,
    title: 'the chain of logical drives is too long; its rest was not read',
    reason:
      'No appliance has so many; it is damaged, or made to hang programs. Linux gives up after 100 empty links, or at 255 partitions.',
    fix: 'Look at it with sfdisk --list disk.img, and make the table anew.',
    source: 'Linux block/partitions/msdos.c, parse_extended()',
  },
  {
    id: 'logical-outside-extended',
    severity: 'error',
    title: 'a logical drive does not lie inside of the extended partition',
    reason:
      'The table promises its place to nobody, so that a tool may put a primary partition there; Linux uses the drive all the same. Whoever repartitions a clone loses the data.',
    fix: 'Correct the length of the extended partition or of the drive: sfdisk --dump disk.img > table.dump, edit, sfdisk disk.img < table.dump.',
    source: 'sfdisk(8), --verify; Linux block/partitions/msdos.c',
  },
] as const satisfies readonly FindingKind[];
