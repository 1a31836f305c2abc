import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { application } from '../../../core/applications/backup-client/main.ts';
import { createDefaultDatabase } from '../../../core/applications/sql-service/sql-service.ts';
import { appendEvent } from '../../../core/known-state/running/event-log.ts';
import { archiveTree } from '../../../core/recovery/archive-tree.ts';
import { savePartition } from '../../../core/recovery/partition-image.ts';
import { restoreTree } from '../../../core/recovery/restore-tree.ts';
import { copyTree } from '../../../core/script/steps/copy-tree.ts';
import { download } from '../../../core/script/steps/network/download.ts';
import { notify } from '../../../core/script/steps/notify.ts';
import { planCopy } from '../../../core/script/steps/plan-copy.ts';
import { writeFileDurably } from '../../../foundation/index.ts';
import { begunPath, contentOf, rawContent, rawSizeBytes } from '../trial-content.ts';
import { makeTree, sources } from './make-tree.ts';

const { signal } = new AbortController();

/** What the core does with the file system that is mounted at a place. */
export const fileActs: Readonly<Record<string, (place: string) => Promise<unknown>>> = {
  'write-a-file': (place) => writeFileDurably(join(place, 'settings'), contentOf('settings')),
  async 'replace-a-file'(place) {
    await writeFileDurably(join(place, 'settings'), contentOf('old'));
    await writeFileDurably(join(place, begunPath), 'there are settings\n');
    await writeFileDurably(join(place, 'settings'), contentOf('new'));
  },
  async 'archive-a-tree'(place) {
    await archiveTree(await makeTree(), join(place, 'archive'));
  },
  async 'restore-a-tree'(place) {
    const archive = `${sources}/archive`;
    await archiveTree(await makeTree(), archive);
    await restoreTree(archive, place, { owners: true });
  },
  async 'restore-a-file'(place) {
    const tree = `${sources}/flat`;
    await mkdir(tree, { recursive: true });
    await writeFile(join(tree, 'one'), contentOf('one'));
    await archiveTree(tree, `${sources}/archive`);
    await restoreTree(`${sources}/archive`, place, { owners: true });
  },
  async 'copy-a-tree'(place) {
    const tree = await makeTree();
    const from = { path: tree, root: tree, words: 'the tree' };
    const to = { path: join(place, 'copy'), root: place, words: 'the copy' };
    await copyTree(await planCopy(from, to, { exact: false, signal }), { exact: false, signal });
  },
  'download-a-stream': (place) =>
    download(async () => Readable.from([Buffer.from(contentOf('received'))]), join(place, 'received'), {
      signal,
    }),
  'download-by-a-program': (place) =>
    download(
      async (path) => {
        await writeFile(path, contentOf('received'));
        return undefined;
      },
      join(place, 'received'),
      { signal },
    ),
  async 'notify-by-a-file'(place) {
    const context = {
      ...{ signal, scriptName: 'trial', scriptFolder: place, mediumFolder: place, log: () => {} },
      runProgram: async () => '',
    };
    await notify.run({ text: 'told', log: join(place, 'told.log') }, context);
  },
  async 'log-an-event'(place) {
    const machine = { host: 'trial', serial: null };
    const time = '2026-11-21T08:00:00.000Z';
    const event = {
      time,
      machine,
      event: 'up',
      running: 'system-1',
      version: '1',
      text: 'it is up',
    } as const;
    await appendEvent(event, [join(place, 'events.log')]);
  },
  async 'save-a-partition'(place) {
    await mkdir(sources, { recursive: true });
    await writeFile(`${sources}/partition`, rawContent().subarray(0, rawSizeBytes / 4));
    await savePartition(`${sources}/partition`, rawSizeBytes / 4, join(place, 'image'));
  },
  'make-a-data-base': (place) => createDefaultDatabase(place),
  'install-the-backup-client': async (place) => application.install!({ dataPath: place, data2Path: place }),
};
