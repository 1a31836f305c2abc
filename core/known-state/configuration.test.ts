import { readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { locateSystemPartitions, readConfiguration } from './configuration.ts';
import { layOut, smallSystem, twoDisks } from './fixtures/small-system.ts';

const mebibyte = 1024 * 1024;

t.test('what was written is read', async (t) => {
  const system = smallSystem(twoDisks);
  const { scriptFolder } = await layOut(t.testdir(), system);
  const read = await readConfiguration(join(scriptFolder, 'system/known-state.json'));
  t.same(read, system.configuration);
});

t.test('what is not right is named', async (t) => {
  const path = join(t.testdir(), 'known-state.json');
  const unreadable = { code: 'KNOWN_STATE_CONFIGURATION_UNREADABLE' };
  await t.rejects(readConfiguration(path), { ...unreadable, message: /ENOENT/ });
  writeFileSync(path, '{');
  await t.rejects(readConfiguration(path), unreadable);
  const { configuration } = smallSystem();
  writeFileSync(path, JSON.stringify({ ...configuration, publickey: '' }));
  await t.rejects(readConfiguration(path), {
    code: 'FOUNDATION_CONFIG_INVALID',
    message: /did you mean "publicKey"/,
  });
  writeFileSync(
    path,
    JSON.stringify({ ...configuration, areas: { 'system-1': configuration.areas['system-1'] } }),
  );
  await t.rejects(readConfiguration(path), { ...unreadable, message: /no areas of system-2/ });
});

t.test('partitions are found on the disks of their ports, by their place', async (t) => {
  const { configuration } = smallSystem(twoDisks);
  const { sysFolder } = await layOut(t.testdir(), smallSystem(twoDisks));
  const located = await locateSystemPartitions(configuration, sysFolder);
  t.same(located.disks, [
    { name: 'first', device: '/dev/vda' },
    { name: 'second', device: '/dev/vdb' },
  ]);
  t.match(located.partitions, [
    {
      name: 'system-1',
      disk: 'first',
      device: '/dev/vda',
      number: 1,
      offsetBytes: mebibyte,
      sizeBytes: 2 * mebibyte,
    },
    { name: 'system-3', device: '/dev/vda', number: 2, offsetBytes: 3 * mebibyte },
    { name: 'system-2', device: '/dev/vdb', number: 1, offsetBytes: mebibyte },
  ]);
  t.same(located.problems, []);
});

t.test('a disk that is missing is a problem of its partitions', async (t) => {
  const { configuration } = smallSystem(twoDisks);
  const { sysFolder } = await layOut(t.testdir(), smallSystem(twoDisks));
  rmSync(join(sysFolder, 'block/vda'));
  const located = await locateSystemPartitions(configuration, sysFolder, { waitMs: 300 });
  t.match(located.disks, [
    { name: 'first', device: undefined, problem: /"first".*CORE_DISK_NOT_FOUND/ },
    { name: 'second' },
  ]);
  t.match(located.partitions, [{ name: 'system-2' }]);
  t.match(located.problems, [{ partition: 'system-1' }, { partition: 'system-3', problem: /"first"/ }]);
});

t.test('a disk that comes late is waited for', async (t) => {
  const { configuration } = smallSystem();
  const { sysFolder } = await layOut(t.testdir(), smallSystem());
  const link = join(sysFolder, 'block/vda');
  const target = readlinkSync(link);
  rmSync(link);
  const locating = locateSystemPartitions(configuration, sysFolder, { waitMs: 60_000 });
  await sleep(500);
  symlinkSync(target, link);
  t.match((await locating).partitions, [{ name: 'system-1', device: '/dev/vda' }, { name: 'system-2' }]);
});
