import { mkdtemp, rm } from 'node:fs/promises';
import t, { type Test } from 'tap';
import type { Machine } from '../../vm/index.ts';
import { makeSmallDisk, smallDisk } from '../witness/fixtures/small-disk.ts';
import { inspectDisk } from '../witness/index.ts';
import { gptDisk, makeGptDisk } from './catalogue/fixtures/gpt-disk.ts';
import { parsePlannedFault } from './fault-plan.ts';
import { targetLayout } from './target-layout.ts';

async function folderOf(t: Test): Promise<string> {
  const folder = await mkdtemp('/tmp/roles-');
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Injects a fault into the first disk of a machine that is off, whose partitions have these roles. */
async function inject(folder: string, path: string, roles: Readonly<Record<string, number>>, text: string) {
  const partitions = Object.entries(roles).map(([role, number]) => ({ role, number }));
  const machine = { name: 'alpha', diskFiles: [{ name: 'system', path }] } as Machine;
  const layout = await targetLayout({ machine, partitions }, 'system');
  const { declaration, parameters } = parsePlannedFault(text);
  return await declaration.inject(
    {
      ...{ machine, running: undefined, seed: 'seven', scratchFolder: folder },
      ...{ disk: { name: 'system', path, ...(layout && { layout }) }, signal: new AbortController().signal },
    },
    parameters,
  );
}

t.test('roles lead to logical drives of an MBR', async (t) => {
  const folder = await folderOf(t);
  const path = await makeSmallDisk(folder);
  const { what } = await inject(folder, path, { boot: 1, data: 5 }, 'file-system-damaged partition=data');
  t.match(what, /superblocks of partition data/);
  await using disk = await inspectDisk(path);
  t.equal((await (await disk.partition(smallDisk.data.number)).fileSystem()).kind, 'none');
  t.equal((await (await disk.partition(smallDisk.root.number)).fileSystem()).kind, 'ext4');
});

t.test('roles and numbers lead to entries of a GPT, and to files in them', async (t) => {
  const folder = await folderOf(t);
  const path = await makeGptDisk(folder);
  const roles = { root: gptDisk.root.number };
  const { proof } = await inject(folder, path, roles, 'file-damaged partition=root path=/etc/hostname');
  t.match(proof(), /sha256 of the file [0-9a-f]{64} before/);
  await inject(folder, path, roles, 'sectors-damaged partition=7 count=1');
  await using disk = await inspectDisk(path);
  t.not(await (await disk.partition(gptDisk.root.number)).readText('/etc/hostname'), 'gpt\n');
  t.notSame(await disk.sectors(gptDisk.spare.firstSector, 1), Buffer.alloc(512));
  t.same(await disk.sectors(gptDisk.spare.firstSector + 1, 1), Buffer.alloc(512));
});

t.test('what is not there is named, and what only layouts have', async (t) => {
  const folder = await folderOf(t);
  const path = await makeGptDisk(folder);
  const roles = { root: gptDisk.root.number, data: 5 };
  await t.rejects(inject(folder, path, roles, 'bits-flipped partition=primary-root'), {
    message: /root, data/,
  });
  await t.rejects(inject(folder, path, roles, 'bits-flipped partition=data'), { message: /partitions 3, 7/ });
  await t.rejects(inject(folder, path, roles, 'licence-damaged'), { code: 'DRILLS_NOT_APPLICABLE' });
});

t.test('only the first disk has the roles', async (t) => {
  const diskFiles = ['system', 'data'].map((name) => ({ name, path: `/${name}` }));
  const subject = { machine: { diskFiles }, partitions: [{ number: 1, role: 'root' }] };
  t.match(await targetLayout(subject, 'system'), { partitions: [{ number: 1, role: 'root' }], records: [] });
  t.equal(await targetLayout(subject, 'data'), undefined);
  t.equal(await targetLayout({ machine: { diskFiles } }, 'system'), undefined);
});
