import { errorTable } from '../../foundation/index.ts';

/** Errors of `harness/witness/`; every code has a section in `docs/errors/witness.md`. */
export const witnessErrors = errorTable({
  WITNESS_USAGE: {
    blame: 'usage',
    summary: 'the witness was asked for something that makes no sense',
    remedy: 'correct the question; docs/witness.md says what can be asked',
  },
  WITNESS_DISK_UNREADABLE: {
    blame: 'host',
    summary: 'a disk cannot be opened or read',
    remedy: 'see that the file is there, whole, and readable by you',
  },
  WITNESS_DISK_CHANGED: {
    blame: 'harness',
    summary: 'a disk was written to while the witness had it open',
    remedy: 'look at disks of machines that are off, and open the disk anew (inspectDisk) after each change',
  },
  WITNESS_NO_PARTITION_TABLE: {
    blame: 'product',
    summary: 'a disk has no partition table that can be read',
    remedy: 'look at the first sector of the disk: was it ever partitioned, was it damaged',
  },
  WITNESS_PARTITION_MISSING: {
    blame: 'product',
    summary: 'a disk does not have this partition',
    remedy: 'compare the partition table with the layout',
  },
  WITNESS_FILE_SYSTEM_UNREADABLE: {
    blame: 'product',
    summary: 'a file system cannot be read',
    remedy: 'ask for check() of the partition: its report says what is wrong',
  },
  WITNESS_JOURNAL_DIRTY: {
    blame: 'harness',
    summary: 'the journal of an ext4 file system holds changes that are not yet in their places',
    remedy:
      'ask for (await partition.withJournalReplayed()) and read from that, or shut the machine down orderly',
  },
  WITNESS_PATH_MISSING: {
    blame: 'product',
    summary: 'a file system does not have this path',
    remedy: 'list the folder above it to see what is there',
  },
  WITNESS_PATH_OF_OTHER_KIND: {
    blame: 'product',
    summary: 'what lies at a path is of another kind',
    remedy: 'list the folder above it to see what it is; links are never followed at the end of a path',
  },
  WITNESS_TOO_MANY_FINDS: {
    blame: 'usage',
    summary: 'a search found more places than its limit',
    remedy: 'search for longer needles, or raise the limit',
  },
  WITNESS_LAYOUT_UNREADABLE: {
    blame: 'usage',
    summary: 'a layout text cannot be understood by the witness',
    remedy: 'compare it with docs/layouts.md; the witness reads records and partitions only',
  },
});
