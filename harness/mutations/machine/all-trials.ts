import { contentOf, patchedPath, rawContent, rawSizeBytes } from '../trial-content.ts';
import { fatIdentifier } from './base-disks.ts';
import { identified, laidOut, rebuilt, wiped } from './disk-judges.ts';
import { fatJudge } from './fat-files.ts';
import {
  filesJudge,
  oneOfTwoArchives,
  oneOfTwoFiles,
  promisedFile,
  wholeArchive,
  wholeFile,
  wholeTree,
} from './file-judges.ts';
import type { MachineTrial } from './machine-trial.ts';

const onFiles = { disk: 'ext4', end: 'returns' } as const;
const onFat = { disk: 'mounted-fat', end: 'returns' } as const;
const onRaw = { disk: 'raw', end: 'returns' } as const;
const patched = promisedFile(`/${patchedPath}`, (text) => text === contentOf('new'));
const busy = filesJudge(promisedFile('/busy', (text) => text === contentOf('busy')));

/** Every trial in a machine. */
export const machineTrials: readonly MachineTrial[] = [
  {
    ...{ name: 'write-a-file', ...onFiles, steps: ['durable-file.content', 'durable-file.folder'] },
    judge: filesJudge(wholeFile('/settings', contentOf('settings'))),
  },
  {
    ...{ name: 'archive-a-tree', ...onFiles, steps: ['archive-tree.object', 'archive-tree.objects'] },
    judge: filesJudge(wholeArchive),
  },
  {
    ...{ name: 'restore-a-tree', ...onFiles },
    steps: ['restore-tree.content', 'restore-tree.folder'],
    judge: filesJudge(wholeTree('')),
  },
  {
    // Without folders in the tree, whose sync would do for its root.
    ...{ name: 'restore-a-file', ...onFiles, steps: ['restore-tree.root'] },
    judge: filesJudge(wholeFile('/one', contentOf('one'))),
  },
  {
    ...{ name: 'copy-a-tree', ...onFiles, steps: ['durable-copy.content', 'copy-tree.folders'] },
    judge: filesJudge(wholeTree('/copy')),
  },
  {
    ...{ name: 'download-a-stream', ...onFiles, steps: ['download.content', 'download.folder'] },
    judge: filesJudge(wholeFile('/received', contentOf('received'))),
  },
  {
    ...{ name: 'download-by-a-program', ...onFiles, steps: ['download.given-file'] },
    judge: filesJudge(wholeFile('/received', contentOf('received'))),
  },
  {
    ...{ name: 'notify-by-a-file', ...onFiles, steps: ['notify.line'] },
    judge: filesJudge(promisedFile('/told.log', (text) => text.includes(' told\n'))),
  },
  {
    ...{ name: 'log-an-event', ...onFiles, steps: ['event-log.line'] },
    judge: filesJudge(promisedFile('/events.log', (text) => text.includes('it is up'))),
  },
  {
    ...{ name: 'save-a-partition', ...onFiles, steps: ['partition-image.saved'] },
    judge: filesJudge(
      promisedFile('/image', (text) => text === rawContent().toString('utf8', 0, rawSizeBytes / 4)),
    ),
  },
  {
    ...{ name: 'make-a-data-base', ...onFiles, steps: ['sql-service.folder', 'sql-service.data'] },
    judge: filesJudge(promisedFile('/sql/appliance.db', (text) => text.includes('manufacturing defaults'))),
  },
  {
    ...{ name: 'install-the-backup-client', ...onFiles, steps: ['backup-client.data'] },
    judge: filesJudge(async (files, isPromised) =>
      !isPromised || (await files.has('/backups')) ? undefined : 'there is no folder for backups',
    ),
  },
  { name: 'back-up', ...onFiles, steps: ['back-up.folder'], judge: filesJudge(oneOfTwoArchives) },
  { name: 'patch-file', ...onFiles, steps: ['patch-file.folder'], judge: filesJudge(patched) },
  {
    ...{ name: 'write-a-file-on-fat', ...onFat, steps: ['rename-durably.entry'] },
    judge: fatJudge(wholeFile('/settings', contentOf('settings'))),
  },
  {
    ...{ name: 'replace-a-file-on-fat', ...onFat, steps: ['rename-durably.keep-replaced'] },
    judge: fatJudge(oneOfTwoFiles),
  },
  {
    ...{ name: 'archive-a-tree-on-fat', ...onFat, steps: ['archive-tree.objects'] },
    judge: fatJudge(wholeArchive),
  },
  {
    ...{ name: 'restore-a-tree-on-fat', ...onFat, steps: ['restore-tree.folder'] },
    judge: fatJudge(wholeTree('')),
  },
  {
    ...{ name: 'back-up-on-fat', ...onFat, steps: ['back-up.folder'] },
    judge: fatJudge(oneOfTwoArchives),
  },
  {
    ...{ name: 'patch-file-on-fat', ...onFat, steps: ['patch-file.folder'] },
    judge: fatJudge(patched),
  },
  { name: 'wipe-a-partition', ...onRaw, steps: ['wipe-partition.zeros'], judge: wiped },
  { name: 'rebuild-a-partition', ...onRaw, steps: ['partition-image.restored'], judge: rebuilt },
  {
    ...{ name: 'renew-identifiers', disk: 'fat', end: 'returns', steps: ['disk-identifiers.sector'] },
    judge: identified(fatIdentifier),
  },
  {
    ...{ name: 'partition-the-data-disk', ...onRaw, steps: ['data-disk.traces', 'data-disk.table'] },
    judge: laidOut,
  },
  { name: 'power-off', disk: 'ext4', end: 'off', steps: ['power.sync'], judge: busy },
  { name: 'reset-the-machine', disk: 'ext4', end: 'restart', steps: ['reset-machine.sync'], judge: busy },
  { name: 'end-by-init', disk: 'ext4', end: 'off', steps: ['end-machine.sync'], judge: busy },
];
