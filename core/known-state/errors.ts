import { errorTable } from '../../foundation/index.ts';

/** Errors of `core/known-state/`; every code has a heading in `docs/errors/known-state.md`. */
export const knownStateErrors = errorTable({
  KNOWN_STATE_LAYOUT_INVALID: {
    blame: 'usage',
    summary: 'a layout with redundant system images cannot be laid out',
    remedy: 'correct the lines that are named; docs/layouts.md says what such a layout may hold',
  },
  KNOWN_STATE_MANIFEST_INVALID: {
    blame: 'product',
    summary: 'the manifest of a system partition is not the one that was signed',
    remedy: 'let recovery write the partition anew; while building, see that the key is the right one',
  },
  KNOWN_STATE_PACK_INVALID: {
    blame: 'product',
    summary: 'a pack of system images cannot be used',
    remedy: 'take another copy of the pack, or build it again',
  },
  KNOWN_STATE_CONFIGURATION_UNREADABLE: {
    blame: 'product',
    summary: 'the description of the redundant system cannot be read',
    remedy: 'see that the medium carries system/known-state.json, as assay build redundant puts it there',
  },
  KNOWN_STATE_PARTITION_UNKNOWN: {
    blame: 'usage',
    summary: 'the layout has no such system partition',
    remedy: 'name partitions as the layout does, each once',
  },
  KNOWN_STATE_STATES_UNWRITABLE: {
    blame: 'host',
    summary: 'the boot states cannot be written to any system partition',
    remedy: 'replace the disk; nothing is started whose failure could not be noticed',
  },
  KNOWN_STATE_BOOT_RECORD_DAMAGED: {
    blame: 'product',
    summary: 'a boot record is not the one that was built',
    remedy: 'let the step recover-system write it anew; a disk that cannot be read has to be replaced',
  },
  KNOWN_STATE_NO_BOOTABLE_PARTITION: {
    blame: 'product',
    summary: 'no system partition can be started',
    remedy: 'let the step recover-system restore them',
  },
  KNOWN_STATE_GIVEN_UP: {
    blame: 'product',
    summary: 'recovery has not helped, and is not tried again',
    remedy:
      'look at the disks and at the reasons; a step recover-system with force: true, run by hand, tries once more',
  },
  KNOWN_STATE_NOT_DECIDED: {
    blame: 'usage',
    summary: 'nothing was decided in this start, so nothing is written over',
    remedy:
      'see why the step choose-partition has failed; recover-system with force: true restores every partition all the same',
  },
  KNOWN_STATE_NOTHING_CHOSEN: {
    blame: 'usage',
    summary: 'no partition was chosen to be started',
    remedy: 'let a step choose-partition come before continue-boot, and succeed',
  },
  KNOWN_STATE_RECOVERY_FAILED: {
    blame: 'host',
    summary: 'system partitions could not be restored',
    remedy: 'replace the disk, or the medium where its images are damaged',
  },
  KNOWN_STATE_NOT_FROM_A_PARTITION: {
    blame: 'usage',
    summary: 'this system was not started from a system partition',
    remedy:
      'start it from a disk that assay build redundant made, whose loader tells the kernel assay.partition',
  },
  KNOWN_STATE_SETTINGS_INVALID: {
    blame: 'usage',
    summary: 'a text file of the running system is no YAML, or cannot be read',
    remedy: 'correct the lines that are named; docs/known-state.md says what the file may hold',
  },
  KNOWN_STATE_APPLICATION_FAILED: {
    blame: 'product',
    summary: 'the application is not well',
    remedy: 'see what it printed on the console; docs/known-state.md says what is expected of it',
  },
  KNOWN_STATE_BUSY: {
    blame: 'usage',
    summary: 'another program of this machine is doing the same',
    remedy: 'wait until it is done, and try again',
  },
  KNOWN_STATE_UPDATE_REFUSED: {
    blame: 'usage',
    summary: 'the update is not written; nothing was changed',
    remedy: 'repair the other partition first (known-state repair), or take the right pack for this machine',
  },
  KNOWN_STATE_UPDATE_FAILED: {
    blame: 'host',
    summary: 'the update could not be finished; the partition is Dirty, and the other one starts next',
    remedy: 'try the update again; when it fails once more, replace the disk',
  },
  KNOWN_STATE_PLACE_UNUSABLE: {
    blame: 'harness',
    summary: 'a file of a system partition does not lie where it has to',
    remedy:
      'for an update, take the layout of the machines that it is for; otherwise report it, with the version of mkfs.fat',
  },
  KNOWN_STATE_KEY_UNUSABLE: {
    blame: 'usage',
    summary: 'a file holds no key that system images can be signed with',
    remedy: 'make a key with assay build key, or name the file with its private half',
  },
  KNOWN_STATE_KEY_EXISTS: {
    blame: 'usage',
    summary: 'a key would be overwritten',
    remedy: 'name another file; machines that trust a key that is gone can never be updated again',
  },
  KNOWN_STATE_NO_RECOVERY_TOOLS: {
    blame: 'usage',
    summary: 'the running partition carries no recovery tools',
    remedy:
      'start from the recovery medium, which restores every partition; partitions after the first carry the tools',
  },
  KNOWN_STATE_CHAIN_IMPOSSIBLE: {
    blame: 'usage',
    summary: 'the boot cannot be continued by the chain of boot loaders',
    remedy:
      'start the medium from a CD, and see that the disk has the partition and nothing else in sector 16; or let the step continue-boot take kexec',
  },
  KNOWN_STATE_CHAIN_NOT_WRITTEN: {
    blame: 'host',
    summary: 'the order for the next start was not written',
    remedy: 'replace the disk; the partition stays Dirty, so that the next start takes another one',
  },
  KNOWN_STATE_KEXEC_FAILED: {
    blame: 'product',
    summary: 'the kernel of a system partition cannot be started from the running one',
    remedy: 'see what is told of the partition; the chain of boot loaders may still start it',
  },
});
