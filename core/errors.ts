import { errorTable } from '../foundation/index.ts';

/** Errors of `core/`; every code has a heading in `docs/errors/core.md`. */
export const coreErrors = errorTable({
  CORE_LAYOUT_INVALID: {
    blame: 'usage',
    summary: 'a layout cannot be laid out on a disk',
    remedy: 'correct the lines that are named; docs/layouts.md says what a layout may hold',
  },
  CORE_LAYOUT_DOES_NOT_FIT: {
    blame: 'usage',
    summary: 'a layout does not fit on this disk',
    remedy: 'take a larger disk, or make partitions smaller in the layout',
  },
  CORE_LAYOUT_PART_MISSING: {
    blame: 'usage',
    summary: 'a layout has no such part',
    remedy: 'add the disk, partition or record to the layout, or ask for one that it has',
  },
  CORE_DISK_NOT_FOUND: {
    blame: 'host',
    summary: 'no disk is connected to the port that the layout declares',
    remedy: 'connect the disk to that port, or correct `ports` in the layout',
  },
  CORE_DISK_AMBIGUOUS: {
    blame: 'usage',
    summary: 'more than one disk answers to the port that the layout declares',
    remedy: 'make `ports` in the layout name one connector only',
  },
  CORE_RECORD_DAMAGED: {
    blame: 'product',
    summary: 'no copy of a raw record can be read',
    remedy: 'the record has to be written again: the page in docs/errors/core.md says by whom for each kind',
  },
  CORE_RECORD_TOO_LARGE: {
    blame: 'harness',
    summary: 'a raw record does not fit into its sector',
    remedy: 'keep less in it',
  },
  CORE_RECORD_NOT_WRITTEN: {
    blame: 'host',
    summary: 'a raw record did not read back as it was written',
    remedy: 'replace the disk',
  },
  CORE_BOOT_CONTROL_INVALID: {
    blame: 'usage',
    summary: 'the boot control record cannot hold this',
    remedy: 'targets are primary and emergency; the attempt limit is 1 to 255',
  },
  CORE_NEXT_START_INVALID: {
    blame: 'usage',
    summary: 'the next-start record cannot hold this',
    remedy: 'partitions are the primary ones, 1 to 4; a watchdog of the layout has 2 to 30 seconds',
  },
  CORE_BOOT_CODE_TOO_LARGE: {
    blame: 'harness',
    summary: 'the master boot record does not fit before the partition table',
    remedy: 'make core/boot-loader/master-boot-record.S smaller',
  },
  CORE_FILE_SYSTEM_TOO_SMALL: {
    blame: 'usage',
    summary: 'the files do not fit into their partition',
    remedy: 'make the partition larger in the layout, or choose fewer components',
  },
  CORE_TREE_INVALID: {
    blame: 'harness',
    summary: 'a tree of files cannot be written into a file system',
    remedy: 'sort the tree by path and give every entry its parent folder',
  },
  CORE_LICENCE_MISSING: {
    blame: 'usage',
    summary: 'there is no licence for a disk of this capacity',
    remedy: 'add a level with a lower minimumCapacity to the layout, and its key to the licence keys',
  },
  CORE_ARCHIVE_DAMAGED: {
    blame: 'product',
    summary: 'an archive does not hold what its manifest says',
    remedy: 'take another archive; for the factory defaults, clone the disk again from its master',
  },
  CORE_BACKUP_DAMAGED: {
    blame: 'product',
    summary: 'the backup area fails its hashes',
    remedy: 'nothing was written over the primary; clone the disk again from its master',
  },
  CORE_RESTORE_FAILED: {
    blame: 'host',
    summary: 'a partition does not read back as it was written',
    remedy: 'replace the disk',
  },
  CORE_PROGRAM_FAILED: {
    blame: 'product',
    summary: 'a program of the operating system ended with an error',
    remedy: 'read what it printed; the image may lack a component',
  },
  CORE_PACKAGE_INVALID: {
    blame: 'product',
    summary: 'an application package cannot be installed',
    remedy: 'build the set-up files again',
  },
  CORE_WIPE_INCOMPLETE: {
    blame: 'product',
    summary: 'bytes of the set-up files are still on the disk',
    remedy: 'do not clone this disk; manufacture it again, on another disk if it happens twice',
  },
  CORE_NOT_HEALTHY: {
    blame: 'product',
    summary: 'the appliance does not do what it is there for',
    remedy: 'the emergency system takes over when this happens at several starts in a row',
  },
  CORE_PRE_INSTALL_INCOMPLETE: {
    blame: 'product',
    summary: 'pre-install cannot go on',
    remedy:
      'do not clone this disk; read the console of the machine, and manufacture it again from its template',
  },
  CORE_WATCHDOG_FAILED: {
    blame: 'product',
    summary: 'the watchdog cannot be fed',
    remedy: 'the machine restarts when its time is over; the program that feeds must run as root',
  },
  CORE_CLONE_MASTER_UNUSABLE: {
    blame: 'usage',
    summary: 'a master cannot be cloned from',
    remedy: 'name an image, a block device that nobody uses, or a folder with template.json or system.raw',
  },
  CORE_CLONE_NOT_A_MASTER: {
    blame: 'usage',
    summary: 'the disk is not a finished master',
    remedy: 'let its pre-install come to its end; --force clones it as it is',
  },
  CORE_CLONE_MASTER_UNREADABLE: {
    blame: 'host',
    summary: 'the master cannot be read',
    remedy: 'its disk is failing: take the master from its back-up, or manufacture it again',
  },
  CORE_CLONE_MASTER_CHANGED: {
    blame: 'usage',
    summary: 'the master changed while it was cloned',
    remedy: 'end whatever writes to it (a machine that still runs on it?), and clone again',
  },
  CORE_CLONE_TARGETS_INVALID: {
    blame: 'usage',
    summary: 'clones cannot be made there',
    remedy: 'give --out a folder, with --count, or --to devices and files, each once and none the master',
  },
  CORE_CLONE_TARGET_EXISTS: {
    blame: 'usage',
    summary: 'a clone would replace a file',
    remedy: 'choose another folder, or let --overwrite replace it',
  },
  CORE_CLONE_TARGET_IN_USE: {
    blame: 'usage',
    summary: 'a device is in use and is not written',
    remedy: 'look whether it is the right one (lsblk); then unmount it, or take it out of what uses it',
  },
  CORE_CLONE_TARGET_TOO_SMALL: {
    blame: 'usage',
    summary: 'a device is smaller than the master',
    remedy: 'take a device of at least the size of the master',
  },
  CORE_CLONE_WRITE_FAILED: {
    blame: 'host',
    summary: 'a clone cannot be written or read back',
    remedy: 'it is no clone: replace the disk, or see what keeps the file from being written',
  },
  CORE_CLONE_DIFFERS: {
    blame: 'host',
    summary: 'a clone does not read back as it was written',
    remedy: 'it is no clone: replace the disk',
  },
  CORE_CLONE_INCOMPLETE: {
    blame: 'host',
    summary: 'not all clones were made',
    remedy: 'those that failed are named; the others are whole, and listed in clones.json',
  },
});
