/** One place of the core where something becomes durable, or is put before something else, in a guest. */
export interface DurabilityStep {
  /** Its name where it is done: `durably('record-store.copy', …)`. */
  id: string;
  /** The only file that does it, relative to the repository. */
  file: string;
  /** What holds because of it, in one sentence. */
  promise: string;
}

const at = (file: string, promises: Readonly<Record<string, string>>): DurabilityStep[] =>
  Object.entries(promises).map(([id, promise]) => ({ id, file, promise }));

/**
 * Every such step, by its file. The mutation check leaves out one after the other (docs/durability.md); a test holds that
 * each is done in its file and that nothing is synced beside them.
 */
export const durabilitySteps: readonly DurabilityStep[] = [
  ...at('foundation/durable-file.ts', {
    'durable-file.content': 'The content is on the disk before the file has its name.',
    'durable-file.folder': 'The name is on the disk when the writing returns.',
  }),
  ...at('foundation/rename-durably.ts', {
    'rename-durably.keep-replaced':
      'On FAT, the clusters of what is replaced are not given away before its name leads elsewhere.',
    'rename-durably.entry':
      'On FAT, a new name leads to its content on the disk, and the old one is gone, before anything else is done.',
  }),
  ...at('core/records/record-store.ts', {
    'record-store.copy':
      'A copy of a record is on the disk before the next one is written, and before it returns.',
  }),
  ...at('core/known-state/state-store.ts', {
    'state-store.copy':
      'The boot states of a partition are on the disk before those of the next, and before it returns.',
  }),
  ...at('core/known-state/restore-partition.ts', {
    'restore-partition.take-manifest-away': 'A partition that is being written has no manifest.',
    'restore-partition.manifest-is-away':
      'The manifest is gone from the disk before the first block is written.',
    'restore-partition.manifest-is-back':
      'The manifest is on the disk when a partition is said to be restored.',
  }),
  ...at('core/known-state/write-blocks.ts', {
    'write-blocks.blocks': 'All blocks are on the disk before the manifest is put back.',
  }),
  ...at('core/known-state/write-boot-record.ts', {
    'write-boot-record.clear-order':
      'A new boot record finds no bytes of another loader where it looks for an order.',
    'write-boot-record.order-is-cleared':
      'These bytes are gone from the disk before the boot record is there.',
    'write-boot-record.record': 'The boot record is on the disk when it is said to be.',
  }),
  ...at('core/known-state/continue-boot-by-chain.ts', {
    'continue-by-chain.unit':
      'The partition is active on the disk before the order to start it is, and that before the restart.',
  }),
  ...at('core/known-state/continue-boot-by-kexec.ts', {
    'continue-by-kexec.sync':
      'What the running system has written is on the disks before another kernel takes over.',
  }),
  ...at('core/known-state/running/event-log.ts', {
    'event-log.line': 'An event is on the disk before anything is done because of it.',
  }),
  ...at('core/known-state/running/reset-machine.ts', {
    'reset-machine.sync': 'What could not be unmounted is on the disks before the reset.',
  }),
  ...at('core/appliance/power.ts', {
    'power.sync': 'What could not be unmounted is on the disks before the machine goes off or restarts.',
  }),
  ...at('core/first-boot/disk-identifiers.ts', {
    'disk-identifiers.sector':
      'The second boot sector of a FAT has the identifier on the disk before the first has.',
  }),
  ...at('core/first-boot/data-disk.ts', {
    'data-disk.traces':
      'What lay before the first partition is gone from the disk before there is a new table.',
    'data-disk.table': 'The table is on the disk before the kernel reads it and file systems are made.',
  }),
  ...at('core/pre-install/wipe-partition.ts', {
    'wipe-partition.zeros':
      'The zeros are on the disk, and not only in the page cache, before they are read back.',
  }),
  ...at('core/recovery/archive-tree.ts', {
    'archive-tree.object': 'The content of an object is on the disk before it has its name.',
    'archive-tree.objects': 'The names of all objects are on the disk before there is a manifest.',
  }),
  ...at('core/recovery/restore-tree.ts', {
    'restore-tree.content': 'The content of a restored file is on the disk before it has its name.',
    'restore-tree.folder':
      'The names in a restored folder, and its mode, are on the disk when the tree is said to be back.',
    'restore-tree.root': 'The same of the folder that holds the tree.',
  }),
  ...at('core/recovery/partition-image.ts', {
    'partition-image.saved': 'The image of a partition is on the disk before the backup is sealed.',
    'partition-image.restored': 'A rebuilt partition is on the disk before it is read back and started.',
  }),
  ...at('core/script/steps/durable-copy.ts', {
    'durable-copy.content': 'The content of a copied file is on the disk before it has its name.',
  }),
  ...at('core/script/steps/copy-tree.ts', {
    'copy-tree.folders': 'The names of all copied files are on the disk when the tree is said to be copied.',
  }),
  ...at('core/script/steps/patch-file.ts', {
    'patch-file.folder': 'The name of a changed file is on the disk when it is said to be changed.',
  }),
  ...at('core/script/steps/back-up.ts', {
    'back-up.folder': 'The new archive has its name on the disk before the old one is taken away.',
  }),
  ...at('core/script/steps/lay-out-disk.ts', {
    'partition-disk.traces':
      'What could be taken for content of the new partitions is gone from the disk before there is a table.',
    'partition-disk.table':
      'Later parts of a table are on the disk before the boot record that leads to them.',
  }),
  ...at('core/script/steps/end-machine.ts', {
    'end-machine.sync': 'What was written is on the disks before init is asked for the end.',
  }),
  ...at('core/script/steps/network/download.ts', {
    'download.content': 'What was received is on the disk before it has its name.',
    'download.given-file': 'The same of a file that another program has written.',
    'download.folder': 'The name is on the disk when the download is said to be done.',
  }),
  ...at('core/script/steps/notify.ts', {
    'notify.line': 'A line of a log is on the disk when somebody is said to be told.',
  }),
  ...at('core/script/steps/hardware/write-test.ts', {
    'write-test.area': 'What lay in the tested area is back on the disk when the test has ended.',
  }),
  ...at('core/script/steps/write-image.ts', {
    'write-image.empty-beginning': 'A disk that is being written begins with zeros.',
    'write-image.beginning-is-empty': 'These zeros are on the disk before anything of the image.',
    'write-image.rest': 'All of the image but its beginning is on the disk before the beginning.',
    'write-image.beginning': 'The beginning is on the disk when the image is said to be written.',
  }),
  ...at('core/applications/sql-service/sql-service.ts', {
    'sql-service.folder': 'The name of a new data base is on the disk when it is said to be made.',
    'sql-service.data': 'The same of the folder that it lies in.',
  }),
  ...at('core/applications/backup-client/main.ts', {
    'backup-client.data':
      'The folder for backups is on the disk when the application is said to be installed.',
  }),
];
