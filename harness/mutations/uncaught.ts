/** Why a step is not caught. */
export interface Uncaught {
  /** `superfluous`: what it promises holds without it. `gap`: the explorer would not see it. */
  is: 'superfluous' | 'gap';
  why: string;
}

/** The steps that no state catches, by their names, and which it is. */
export const uncaught: Readonly<Record<string, Uncaught>> = {
  'archive-tree.objects': {
    is: 'superfluous',
    why: 'On ext4 the fsync of the manifest that follows commits the one journal, in which the names of the objects come first. On FAT the entry of each object is written when it is renamed (`rename-durably.entry`). It stays, for archives of scripts may lie on other file systems.',
  },
  'restore-tree.folder': {
    is: 'superfluous',
    why: 'On ext4 the sync of the folder that holds the tree, which comes last, commits these, too; on FAT the entry of each file is written when it is renamed. It stays for other file systems.',
  },
  'continue-by-kexec.sync': {
    is: 'gap',
    why: 'Not run: no trial starts another kernel. By the source of kexec-tools, `kexec -e` syncs by itself. A start by kexec takes no power away: the disk keeps its cache, and only what a mounted file system has not written at all could be lost.',
  },
  'power.sync': {
    is: 'superfluous',
    why: 'busybox’ `reboot` and `poweroff` sync by themselves before they do anything else, with `-f`, too; only `-n` keeps them from it (init/halt.c). Tried by hand, with the commands of the shell alone: after `poweroff -f` the same judge finds nothing, after `poweroff -n -f` it sees the loss (`/busy is not there`). It stays for other programs of these names.',
  },
  'reset-machine.sync': {
    is: 'superfluous',
    why: 'The same `reboot -f` ends the shell that lets go of the disks. It stays: `reboot` may be another program, and behind it comes a reset by the kernel that syncs nothing.',
  },
  'end-machine.sync': {
    is: 'superfluous',
    why: '`reboot` and `poweroff` sync before they tell init, and init’s end (`rcK`) syncs again and unmounts when no program is left. It stays for a machine whose init does not come that far.',
  },
  'data-disk.table': {
    is: 'superfluous',
    why: 'Reading the table again makes the kernel write what it has of the disk, and mke2fs, which comes next, syncs its partition, which flushes the disk’s cache with the table in it. It stays for layouts in which no file system is made, and for a kernel that reads without writing first.',
  },
  'sql-service.folder': {
    is: 'superfluous',
    why: 'SQLite syncs the data base and its folder itself, and on ext4 that commits the names that came before.',
  },
  'sql-service.data': {
    is: 'superfluous',
    why: 'The same; the folder’s own name is in that commit, too. Both stay, for how SQLite syncs is its own affair.',
  },
  'patch-file.folder': {
    is: 'superfluous',
    why: 'On ext4 the step of a script unmounts the partition before it says that it is done, and that writes and flushes all. On FAT the entry is written when the file is renamed. It stays for files that are not on a partition of the step’s own.',
  },
  'back-up.folder': {
    is: 'superfluous',
    why: 'On ext4 the renames and the removal of the old archive come into the one journal in this order, and the step of a script unmounts the partition before it says that it is done. On FAT the entry of a folder is written when it is renamed. It stays for other file systems.',
  },
};
