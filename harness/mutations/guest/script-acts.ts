import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { runProgram } from '../../../core/appliance/run-program.ts';
import { archiveTree } from '../../../core/recovery/archive-tree.ts';
import type { StepContext } from '../../../core/script/step-kind.ts';
import { makeBackUp } from '../../../core/script/steps/back-up.ts';
import type { DiskMachine } from '../../../core/script/steps/disk-machine.ts';
import { openDisk } from '../../../core/script/steps/hardware/disk-access.ts';
import { makePatchFile } from '../../../core/script/steps/patch-file.ts';
import { parseConfig, writeFileDurably } from '../../../foundation/index.ts';
import { begunPath, contentOf, patchedPath, treeFiles } from '../trial-content.ts';
import { makeTree } from './make-tree.ts';

/** Steps of scripts on the file system that is mounted at a place; they unmount it, as they do in a real machine. */
export const scriptActs: Readonly<Record<string, (place: string) => Promise<unknown>>> = {
  async 'back-up'(place) {
    const tree = await makeTree();
    await archiveTree(tree, join(place, 'archive'));
    await writeFileDurably(join(place, begunPath), 'there is an archive\n');
    await writeFile(join(tree, treeFiles[0]), contentOf('renewed'));
    const kind = makeBackUp(await machineWith(tree, place));
    const options = {
      folder: { partition: 'only#1', path: '/' },
      archive: { partition: 'only#2', path: '/archive' },
      overwrite: true,
    };
    await kind.run(parseConfig(kind.options, options, 'the trial'), contextIn(place));
  },
  async 'patch-file'(place) {
    await writeFileDurably(join(place, patchedPath), contentOf('old'));
    const kind = makePatchFile(await machineWith('/tmp', place));
    const options = {
      in: { partition: 'only#2', path: patchedPath },
      replace: [{ pattern: '^old$', with: 'new', count: contentOf('old').split('\n').length - 1 }],
    };
    await kind.run(parseConfig(kind.options, options, 'the trial'), contextIn(place));
  },
};

/** A machine with one disk: a folder in memory stands for its first partition, the trial's disk for its second. */
async function machineWith(first: string, second: string): Promise<DiskMachine> {
  const folder = '/tmp/trial-machine';
  const below = (name: string) => join(folder, name);
  const facts = {
    ...{ 'vdx/size': '4096', 'vdx/removable': '0', 'vdx/vdx1/partition': '1', 'vdx/vdx1/start': '64' },
    ...{ 'vdx/vdx1/size': '64', 'vdx/vdx2/partition': '2', 'vdx/vdx2/start': '128', 'vdx/vdx2/size': '64' },
  };
  for (const [path, text] of Object.entries(facts)) {
    const file = below(`sys/block/${path}`);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `${text}\n`);
  }
  return {
    places: {
      ...{ sysFolder: below('sys'), procFolder: below('proc'), devFolder: below('dev') },
      ...{ modulesFolder: below('modules'), removableFolder: below('removable') },
      inventoryPath: below('hardware.json'),
    },
    open: () => openDisk(join('/dev', basename(second)), 'read'),
    mount: async ({ device }) =>
      device.endsWith('1')
        ? { folder: first, unmount: async () => {} }
        : { folder: second, unmount: async () => void (await runProgram('umount', [second])) },
    workFolder: below('work'),
  };
}

function contextIn(place: string): StepContext {
  return {
    ...{ signal: new AbortController().signal, scriptName: 'trial', log: () => {} },
    ...{ scriptFolder: place, mediumFolder: '/tmp/no-medium', runProgram: async () => '' },
  };
}
