import { errorTable } from '../../foundation/index.ts';

/** Errors of scripts and of the reduced operating system; every code has a heading in `docs/errors/script.md`. */
export const scriptErrors = errorTable({
  // The language.
  SCRIPT_INVALID: {
    blame: 'usage',
    summary: 'a script cannot be run as it is written',
    remedy: 'correct the lines that are named; nothing was done. docs/scripts.md says what a script may hold',
  },
  SCRIPT_STEP_TIMED_OUT: {
    blame: 'product',
    summary: 'a step was not done within its time limit',
    remedy: 'see the last lines of its log; give it more time with `timeLimit` when it needs that',
  },
  SCRIPT_PROGRAM_FAILED: {
    blame: 'product',
    summary: 'a program that a step started has failed',
    remedy: 'see what it printed; the words after "tried" can be typed at the prompt of the medium',
  },
  SCRIPT_TIMED_OUT: {
    blame: 'product',
    summary: 'a script was not done within its time limit',
    remedy: 'see which step was running then; give the script more time with `timeLimit` when it needs that',
  },
  SCRIPT_GIVEN_UP: {
    blame: 'usage',
    summary: 'a script was given up before its end',
    remedy: 'run it again from its beginning; what the step that was running has begun may be half done',
  },
  // Steps on disks and files.
  SCRIPT_TARGET_NOT_FOUND: {
    blame: 'host',
    summary: 'this machine has no such disk or partition',
    remedy: 'connect the disk, load its driver first, or correct the port, serial or partition in the script',
  },
  SCRIPT_TARGET_AMBIGUOUS: {
    blame: 'usage',
    summary: 'more than one disk is what the script names',
    remedy: 'name the port or the serial number of the right one; the disks that are there are listed',
  },
  SCRIPT_TARGET_IN_USE: {
    blame: 'usage',
    summary: 'a disk or partition is in use and is not written',
    remedy: 'see that it is the right one; then unmount it, or take it out of what uses it',
  },
  SCRIPT_TARGET_NOT_BLANK: {
    blame: 'usage',
    summary: 'a disk or partition holds something and is not written',
    remedy: 'see that it is the right one; then let the step have `overwrite: true`: its content is lost',
  },
  SCRIPT_TARGET_UNUSABLE: {
    blame: 'host',
    summary: 'a disk cannot be written as it is',
    remedy: 'take another disk, or switch its write protection off',
  },
  SCRIPT_PLAN_INVALID: {
    blame: 'usage',
    summary: 'the plan of the partitions of a disk cannot be read',
    remedy: 'correct the lines that are named; nothing was written',
  },
  SCRIPT_SPACE_TOO_SMALL: {
    blame: 'usage',
    summary: 'something does not fit where it should go',
    remedy: 'take a larger disk or partition, or free some space; nothing was written',
  },
  SCRIPT_DISK_DIFFERS: {
    blame: 'host',
    summary: 'a disk does not read back as it was written',
    remedy: 'replace the disk: what is on it now cannot be used',
  },
  SCRIPT_IMAGE_UNUSABLE: {
    blame: 'product',
    summary: 'an image is missing, damaged, or not the right one',
    remedy: 'fetch it again, and see that the hash in the script is that of the file',
  },
  SCRIPT_FILE_SYSTEM_UNKNOWN: {
    blame: 'product',
    summary: 'a partition has no file system that can be mounted',
    remedy: 'see that it is the right partition, and format it where it is to be made anew',
  },
  SCRIPT_FILE_MISSING: {
    blame: 'usage',
    summary: 'a file or folder that a step needs cannot be used',
    remedy: 'correct the path in the script, or put the file there',
  },
  SCRIPT_FILE_IN_THE_WAY: {
    blame: 'usage',
    summary: 'a file is where a folder belongs, or the reverse',
    remedy: 'take it away, or let the step have `exact: true`; nothing was changed',
  },
  SCRIPT_PATCH_DOES_NOT_FIT: {
    blame: 'usage',
    summary: 'a change does not fit a text file',
    remedy: 'see what the file holds; it is as it was',
  },
  SCRIPT_ARCHIVE_REFUSED: {
    blame: 'usage',
    summary: 'an archive cannot be made there',
    remedy: 'choose another place, or let the step have `overwrite: true` to replace an older archive',
  },
  SCRIPT_FILES_DIFFER: {
    blame: 'product',
    summary: 'files or partitions are not what their hashes say',
    remedy: 'bring back those that are named: `copy` from the medium, `restore`, or `install-image`',
  },

  // Steps on hardware, network and the machine itself; the session.
  SCRIPT_DRIVER_NOT_LOADED: {
    blame: 'product',
    summary: 'drivers could not be loaded',
    remedy:
      'correct the list of drivers, or put the missing ones on the medium; `dmesg` says what the kernel thought',
  },
  SCRIPT_HARDWARE_FAULTY: {
    blame: 'product',
    summary: 'hardware is faulty or missing',
    remedy: 'replace or connect the parts that are named; /run/assay/hardware.json holds all that was found',
  },
  SCRIPT_NETWORK_NOT_STARTED: {
    blame: 'product',
    summary: 'the network could not be started',
    remedy:
      'load the driver of the card with `load-drivers`, connect the cable, and see that a DHCP server answers',
  },
  SCRIPT_FETCH_FAILED: {
    blame: 'product',
    summary: 'a file could not be fetched',
    remedy:
      'see that the place is right, that the network was started, and that the hash belongs to this file',
  },
  SCRIPT_NOTIFICATION_FAILED: {
    blame: 'product',
    summary: 'nobody could be notified',
    remedy: 'see what each way of notifying has said; at least one of them has to work',
  },
  SCRIPT_MEDIUM_INVALID: {
    blame: 'usage',
    summary: 'the configuration of the medium cannot be used',
    remedy: 'correct the lines that are named in assay/medium.yaml on the medium, or the kernel arguments',
  },

  // Repairing other machines.
  SCRIPT_KEY_UNUSABLE: {
    blame: 'usage',
    summary: 'the key of an agent cannot be used',
    remedy: 'make one with `openssl rand -hex 32`, and put the same file on all media that belong together',
  },
  SCRIPT_AGENT_NOT_STARTED: {
    blame: 'product',
    summary: 'the agent could not be started',
    remedy: 'see what has its port already, or give it another one in assay/medium.yaml on the medium',
  },
  SCRIPT_PACKAGE_REFUSED: {
    blame: 'usage',
    summary: 'a script cannot be sent to another machine with its files',
    remedy:
      'put what it needs into the folder of the script, at most 256 MiB; larger files are fetched by the script',
  },
  SCRIPT_MACHINES_NOT_REPAIRED: {
    blame: 'product',
    summary: 'machines were not repaired',
    remedy: 'see what stands behind each of them; the others are done, and need not be repaired again',
  },
});
