import type { FindingKind } from '../finding.ts';

/** What can be wrong with a GPT and the MBR that protects it. */
export const gptFindingKinds = [
  {
    id: 'gpt-primary-damaged',
    severity: 'error',
    title: 'the primary GPT is damaged; its backup was read',
    reason:
      'UEFI firmware and partitioning tools fall back to the backup, Linux does not unless it is started with the parameter gpt, and GRUB on a BIOS reads only the primary: the same clone starts here and not there.',
    fix: 'Restore it from the backup: fdisk disk.img, w (it says that it uses the backup), or gdisk disk.img, r, b, w. Then sgdisk --verify disk.img.',
    source: 'UEFI 2.10, 5.3.2; Linux block/partitions/efi.c, find_valid_gpt()',
  },
  {
    id: 'gpt-damaged',
    severity: 'error',
    title: 'the MBR announces a GPT, but neither of its copies can be read',
    reason: 'Nobody sees a partition on this disk, nor on any of its clones.',
    fix: 'Load a backup of the table, sgdisk --load-backup=table.gpt disk.img, or search for the partitions with testdisk. If the image was cut or unpacked wrongly, copy it again.',
    source: 'UEFI 2.10, 5.3.2',
  },
  {
    id: 'gpt-backup-damaged',
    severity: 'warning',
    title: 'the backup of the GPT is missing or damaged',
    reason:
      'One bad sector at the beginning of a clone then loses its whole table. Tools offer to repair the table whenever they see it, and some refuse to work until then.',
    fix: 'Write it anew at the end of the disk: sgdisk --move-second-header disk.img, or sfdisk --relocate gpt-bak-std disk.img. sgdisk --verify disk.img afterwards.',
    source: 'UEFI 2.10, 5.3.1 and 5.3.2 (two copies); sgdisk(8), --move-second-header',
  },
  {
    id: 'gpt-backup-not-at-end',
    severity: 'warning',
    title: 'the disk is larger than its GPT says; the backup is not at the end',
    reason:
      'The image was made for a smaller disk and grown, or copied to a larger one. The space behind cannot be used, firmware that looks for the backup in the last sector does not find it, and what lies there may be an older table. Clones on larger disks all have this, if nothing mends it when they start.',
    fix: 'sgdisk --move-second-header disk.img, or sfdisk --relocate gpt-bak-std disk.img; on clones, once at first boot (systemd-repart does it too).',
    source:
      'UEFI 2.10, 5.3.1 (the backup is in the last block); sgdisk(8), --move-second-header; sfdisk(8), --relocate',
  },
  {
    id: 'disk-smaller-than-table',
    severity: 'error',
    title: 'the disk is smaller than its GPT says',
    reason:
      'The image was cut: what lay behind its end is missing on every clone. Linux refuses a GPT whose usable area does not end on the disk, and then shows no partitions at all.',
    fix: 'Copy the image again, whole, and compare its size with the original. If nothing but free space was cut: sgdisk --move-second-header disk.img, then sgdisk --verify disk.img.',
    source: 'Linux block/partitions/efi.c, is_gpt_valid() (last_usable_lba); UEFI 2.10, 5.3.2',
  },
  {
    id: 'gpt-copies-differ',
    severity: 'error',
    title: 'the primary GPT and its backup are both valid, and say different things',
    reason:
      'A program that stopped in the middle, or an older table that was left over. As long as the primary lasts all goes well; when a clone loses it, the repair brings back the other partitions, silently.',
    fix: 'Decide which is right. To write the backup anew from the primary: sgdisk --move-second-header disk.img. The other way round: gdisk disk.img, r, c (load the backup), y, w.',
    source: 'UEFI 2.10, 5.3.2; Linux block/partitions/efi.c, compare_gpts()',
  },
  {
    id: 'gpt-header-unusual',
    severity: 'warning',
    title: 'the header of the GPT is readable, but not as the standard wants it',
    reason:
      'Its checksums are right, so it was written like that. Programs differ in what they forgive: firmware of one machine refuses what another takes. Linux takes no entries of another size than 128 bytes.',
    fix: 'Write the table anew: sfdisk --dump disk.img > table.dump; sfdisk disk.img < table.dump. sgdisk --verify disk.img afterwards.',
    source: 'UEFI 2.10, table 5-5; Linux block/partitions/efi.c, is_gpt_valid()',
  },
  {
    id: 'gpt-sectors-4k',
    severity: 'warning',
    title: 'the GPT counts in sectors of 4096 bytes',
    reason:
      'It is only found on disks whose logical sectors have 4096 bytes (4Kn). Almost all SATA disks, most NVMe ones and virtual disks have 512: a clone on them shows no partitions.',
    fix: 'Nothing, if all target disks are 4Kn (blockdev --getss tells). Otherwise make the image on a disk with sectors of 512 bytes.',
    source: 'UEFI 2.10, 5.3.1 (the header is in LBA 1); blockdev(8)',
  },
  {
    id: 'gpt-two-sector-sizes',
    severity: 'warning',
    title: 'there is one GPT for sectors of 512 bytes and another for sectors of 4096',
    reason:
      'Which of them counts depends on the disk that a clone is written to. If that is not meant, one of them is left over, and its partitions may be others.',
    fix: 'If it is not meant: erase the header of the one that is not wanted (at byte 512 or 4096), and write the other anew, for the two may overlap.',
    source: 'UEFI 2.10, 5.3.1 (the header is in LBA 1, whatever its size)',
  },
  {
    id: 'protective-mbr-missing',
    severity: 'error',
    title: 'there is a GPT, but the MBR does not announce it',
    reason:
      'Linux does not look for a GPT then, unless it is started with the parameter gpt, and shows no partitions; old tools take the disk for empty and offer to format it.',
    fix: 'Write a protective MBR: gdisk disk.img, x, n, w. If the GPT is left over: wipefs --force --all --types gpt disk.img.',
    source: 'UEFI 2.10, 5.2.3; Linux block/partitions/efi.c, is_pmbr_valid()',
  },
  {
    id: 'protective-mbr-wrong',
    severity: 'error',
    title: 'the entry 0xEE of the MBR does not begin in sector 1',
    reason:
      'UEFI and Linux then do not accept it as the announcement of a GPT: firmware does not start the disk, Linux shows no partitions.',
    fix: 'Write the protective MBR anew: gdisk disk.img, x, n, w.',
    source: 'UEFI 2.10, table 5-4 (StartingLBA); Linux block/partitions/efi.c, pmbr_part_valid()',
  },
  {
    id: 'protective-mbr-size',
    severity: 'note',
    title: 'the protective MBR does not cover the disk as it is',
    reason:
      'Usual when an image was made for a disk of another size. UEFI wants the size of the disk or 0xFFFFFFFF there; Linux does not mind, and tools correct it whenever they write the table: then a clone differs from its master in sector 0.',
    fix: 'gdisk disk.img, x, n, w writes it anew; sfdisk --relocate gpt-bak-std disk.img as well.',
    source: 'UEFI 2.10, table 5-4 (SizeInLBA); Linux block/partitions/efi.c, is_pmbr_valid()',
  },
  {
    id: 'hybrid-mbr',
    severity: 'warning',
    title: 'the MBR has partitions of its own beside those of the GPT',
    reason:
      'A hybrid MBR: Linux and UEFI read the GPT, a BIOS and Windows the MBR. Whoever changes one forgets the other, and then two systems disagree about where data is. The standard does not allow it.',
    fix: 'If no BIOS needs it: gdisk disk.img, x, n, w. A BIOS starts GRUB from a GPT with a BIOS boot partition, without a hybrid MBR.',
    source: 'UEFI 2.10, 5.2.3; gdisk(8), "hybrid MBR"; Linux block/partitions/efi.c, GPT_MBR_HYBRID',
  },
  {
    id: 'hybrid-mbr-disagrees',
    severity: 'error',
    title: 'a partition of the hybrid MBR is not one of the GPT',
    reason:
      'Two systems put different things into the same place: one that reads the MBR writes over partitions of the other. It shows on clones only after a while, as damaged files.',
    fix: 'Make the hybrid MBR anew from the GPT, sgdisk --hybrid=1:2 disk.img (the numbers), or a protective one: gdisk disk.img, x, n, w.',
    source: 'sgdisk(8), --hybrid; UEFI 2.10, 5.2.3',
  },
  {
    id: 'stale-gpt',
    severity: 'warning',
    title: 'the remains of a GPT lie on a disk that is not one',
    reason:
      'The disk was a GPT once, and its headers were not erased. Some firmware and tools find them and use or "repair" them: then the partitions of long ago come back, over the data of today.',
    fix: 'Erase them: wipefs --no-act disk.img shows them, wipefs --force --all --types gpt disk.img erases only them.',
    source: 'wipefs(8); UEFI 2.10, 5.3.2; gdisk, "Found valid MBR and GPT"',
  },
  {
    id: 'gpt-disk-guid-zero',
    severity: 'error',
    title: 'the GPT has a disk GUID of all zeros',
    reason:
      'The disk cannot be told from others of its kind, and tools give it a GUID when they first write: clones become different without anybody having decided so.',
    fix: 'sgdisk --disk-guid=R disk.img, or sfdisk --disk-id disk.img $(uuidgen).',
    source: 'UEFI 2.10, table 5-5 (DiskGUID); sgdisk(8), --disk-guid',
  },
  {
    id: 'gpt-guid-zero',
    severity: 'error',
    title: 'a partition has a unique GUID of all zeros',
    reason:
      'root=PARTUUID=…, the boot entries of UEFI and systemd all find partitions by this GUID, which must not be zero. Where several are zero, one of them is taken, by chance.',
    fix: 'sgdisk --partition-guid=1:R disk.img (its number), or sfdisk --part-uuid disk.img 1 $(uuidgen).',
    source: 'UEFI 2.10, table 5-6 (UniquePartitionGUID)',
  },
  {
    id: 'gpt-guid-duplicate',
    severity: 'error',
    title: 'two partitions have the same unique GUID',
    reason:
      'A partition was copied with its entry. PARTUUID= and the boot entries of UEFI lead to either of the two, depending on which is found first: a clone may start from the old one, or mount the wrong one.',
    fix: 'Give one of them a new GUID: sgdisk --partition-guid=2:R disk.img (its number), or sfdisk --part-uuid disk.img 2 $(uuidgen).',
    source: 'UEFI 2.10, table 5-6 (UniquePartitionGUID: every partition shall have its own)',
  },
  {
    id: 'gpt-name-duplicate',
    severity: 'note',
    title: 'two partitions have the same name',
    reason:
      '/dev/disk/by-partlabel and PARTLABEL= lead to either of the two, depending on which is found first. It does no harm where nobody uses names.',
    fix: 'sgdisk --change-name=2:NAME disk.img, or sfdisk --part-label disk.img 2 NAME.',
    source: 'udev, 60-persistent-storage.rules (by-partlabel); UEFI 2.10, table 5-6 (PartitionName)',
  },
  {
    id: 'gpt-outside-usable',
    severity: 'error',
    title: 'a partition lies outside of the area that the GPT declares usable',
    reason:
      'The area around is for the table itself. Whoever moves the backup or makes the table larger writes over the partition; the standard says that such an entry is not valid, and tools refuse it.',
    fix: 'sgdisk --verify disk.img tells which; move the partition, or correct the usable area by writing the table anew: sfdisk --dump, edit first-lba and last-lba, sfdisk disk.img < table.dump.',
    source: 'UEFI 2.10, 5.3.2 (FirstUsableLBA, LastUsableLBA)',
  },
] as const satisfies readonly FindingKind[];
