import type { FindingKind } from '../finding.ts';

const extLayout = 'Linux kernel, Documentation/filesystems/ext4/super.rst';

/** What can be wrong with file systems, as far as they themselves say. */
export const fileSystemFindingKinds = [
  {
    id: 'file-system-truncated',
    severity: 'error',
    title: 'the file system is larger than its partition',
    reason:
      'Its end is not on the disk. The kernel refuses to mount most of these; the others lose what is written beyond the end, or write into the next partition.',
    fix: 'Take the image again with all of the partition, or make the file system smaller before the partition: resize2fs, btrfs filesystem resize; then the partition.',
    source: 'resize2fs(8); e2fsck: "The filesystem size (according to the superblock) is …"',
  },
  {
    id: 'file-system-not-grown',
    severity: 'note',
    title: 'the file system is smaller than its partition',
    reason: 'The rest of the partition is not used, on every clone.',
    fix: 'Grow it (resize2fs, xfs_growfs, btrfs filesystem resize), or let the first boot do so, if that is meant.',
    source: 'resize2fs(8), xfs_growfs(8)',
  },
  {
    id: 'file-system-superblock-damaged',
    severity: 'error',
    title: 'the superblock of the file system contradicts itself',
    reason: 'It is recognised by its signature, but says what cannot be. The kernel will refuse to mount it.',
    fix: 'Repair it on a copy (e2fsck -b with a copy of the superblock, xfs_repair, fsck.fat), or make the file system anew and take the image again.',
    source: `${extLayout}; Microsoft FAT specification 1.03, section 3`,
  },
  {
    id: 'file-system-superblock-lost',
    severity: 'error',
    title: 'the superblock of an ext file system is gone, a copy of it is there',
    reason: 'Something has overwritten the beginning of the partition. No clone can mount it.',
    fix: 'If it is wanted: e2fsck -b with the block named, on a copy. If the partition is meant to be something else: wipefs, or fill it with zeros, before the image is taken.',
    source: 'e2fsck(8), -b superblock',
  },
  {
    id: 'file-system-several-signatures',
    severity: 'warning',
    title: 'the partition has the signatures of several file systems',
    reason:
      'blkid, and with it udev and mount, give no UUID for such a partition or take the wrong one, so that a clone may not find its root.',
    fix: 'Remove the one that is left over: wipefs --types <type> <partition>.',
    source: 'blkid(8): "ambivalent result (probably more filesystems on the device)"; wipefs(8)',
  },
  {
    id: 'file-system-in-use',
    severity: 'warning',
    title: 'the file system was in use when the image was taken',
    reason:
      'The image comes from a running system, or from one that was not shut down. Files may be half written, several file systems may not fit each other, and every clone begins with a recovery.',
    fix: 'Shut the master down in order (poweroff), then take the image. Where that cannot be: fsfreeze, or mount once and unmount.',
    source: `${extLayout}: s_state, INCOMPAT_RECOVER; Microsoft FAT specification 1.03, section 4: ClnShutBitMask`,
  },
  {
    id: 'file-system-noted-errors',
    severity: 'error',
    title: 'the file system has noted errors of itself',
    reason:
      'The kernel found something wrong while it was mounted, and nobody has checked it since. Every clone inherits that.',
    fix: 'Find out why (memory, disk, software), check it with e2fsck -f, and look at what it had to change; better, build the master again.',
    source: `${extLayout}: s_state, EXT4_ERROR_FS`,
  },
  {
    id: 'file-system-inconsistent',
    severity: 'error',
    title: 'the checker finds the file system damaged',
    reason:
      'Every clone starts with this damage: files are missing, or what is written later destroys others.',
    fix: 'Check it on a copy (e2fsck -f, fsck.fat), see which files are concerned, and build the master again; a repair alone does not bring content back.',
    source: 'e2fsck(8), fsck.fat(8), unsquashfs(1)',
  },
  {
    id: 'file-system-inconsistent-before-recovery',
    severity: 'warning',
    title: 'the checker finds the file system damaged, and its journal is yet to be written back',
    reason:
      'What it finds may be gone after the journal is written back, or may not: that cannot be known from here.',
    fix: 'Shut the master down in order, take the image again, and inspect that.',
    source: 'e2fsck(8): "Warning: skipping journal recovery because doing a read-only filesystem check"',
  },
  {
    id: 'file-system-tool-gave-up',
    severity: 'warning',
    leavesOpen: true,
    title: 'a tool could not get to the end of the file system',
    reason:
      'It takes more time, memory or output than any sound file system of this size, makes the tool crash, or has something that the tool does not know. So it is not known whether it is sound.',
    fix: 'Check it by hand on a copy, in a virtual machine if the disk is not your own.',
    source: 'Assay: harness/inspection/file-systems/limits.ts; e2fsck(8), fsck.fat(8): exit codes',
  },
  {
    id: 'file-system-not-checked',
    severity: 'note',
    leavesOpen: true,
    title: 'the file system was recognised, but not checked',
    reason:
      'Nothing here can check it without mounting it, it could not be copied for its checker, or its checker would open the journal that it names on another disk, for writing.',
    fix: 'Check it with its own tool: xfs_repair -n, btrfs check, fsck.f2fs --dry-run, fsck.erofs.',
    source: 'xfs_repair(8), btrfs-check(8); e2fsck, e2fsck/journal.c: e2fsck_get_journal',
  },
  {
    id: 'file-system-not-looked-into',
    severity: 'note',
    leavesOpen: true,
    title: 'what is inside was not looked at',
    reason:
      'It is encrypted, part of a volume group or a RAID, or of a kind that is not read here. What is wrong inside is not known.',
    fix: 'Inspect the volumes inside as images of their own, or boot the disk and look from there.',
    source: 'Assay: harness/inspection/file-systems/file-tree.ts',
  },
  {
    id: 'file-system-unknown',
    severity: 'note',
    leavesOpen: true,
    title: 'the partition holds something that is not recognised',
    reason: 'It may be raw data of the appliance, remains of something older, or a damaged file system.',
    fix: 'If nothing needs it, fill it with zeros before the image is taken.',
    source: 'Assay: harness/inspection/file-systems/recognise.ts',
  },
  {
    id: 'luks-key-cloned',
    severity: 'warning',
    title: 'an encrypted volume whose key all clones will share',
    reason:
      'The key that encrypts the data is made when the volume is made. Whoever has one clone, or the backup of one header, can read all others, even after passwords were changed.',
    fix: 'Encrypt at the first boot of each clone, or let each clone do: cryptsetup reencrypt.',
    source: 'cryptsetup FAQ 6.15 and 2.4: cloning of LUKS containers is a security risk',
  },
  {
    id: 'swap-hibernated',
    severity: 'error',
    title: 'the swap area holds the memory of a machine that sleeps',
    reason:
      'Every clone will wake up as that machine, with its keys and connections in memory, and with file systems that it believes to be mounted: they are destroyed as soon as two states mix.',
    fix: 'Wake the master and shut it down (poweroff), then mkswap; or leave the swap out of the image.',
    source: 'Linux kernel, Documentation/power/swsusp.rst: "BIG FAT WARNING"',
  },
  {
    id: 'file-tree-cut',
    severity: 'warning',
    leavesOpen: true,
    title: 'the file system has more entries, or deeper folders, than are looked at',
    reason: 'What lies beyond the limits was not searched for the residue of a machine.',
    fix: 'Remove what nobody needs (caches, sessions), or raise the limits.',
    source: 'Assay: harness/inspection/file-systems/limits.ts',
  },
  {
    id: 'file-tree-damaged',
    severity: 'warning',
    leavesOpen: true,
    title: 'folders of the file system cannot be read as they should be',
    reason:
      'Entries point to nothing, to folders above, or have names that cannot be. A checker may not see all of it.',
    fix: 'Check the file system on a copy and build the master again.',
    source:
      'Linux kernel, Documentation/filesystems/ext4/directory.rst; Microsoft FAT specification 1.03, section 6',
  },
] as const satisfies readonly FindingKind[];

export type FileSystemFindingId = (typeof fileSystemFindingKinds)[number]['id'];
