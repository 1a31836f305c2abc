import { mkdtemp, rm } from 'node:fs/promises';
import t, { type Test } from 'tap';
import { gptDisk, makeGptDisk } from '../../drills/catalogue/fixtures/gpt-disk.ts';
import { plannedFaultText } from '../../drills/fault-plan.ts';
import { makeSmallDisk } from '../../witness/fixtures/small-disk.ts';
import { diskProfileSchema } from '../profile/disk-profile.ts';
import { recoveryProfile } from '../profile/machine-profile.ts';
import { planRecovery } from './recovery-plan.ts';

async function makeDisk(t: Test, make: (folder: string) => Promise<string>): Promise<string> {
  const folder = await mkdtemp('/tmp/claims-');
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return await make(folder);
}

/** Without what is said, it has a network card, a console, and one disk. */
function profileOf(recovery: object[], rest: object = {}) {
  // What the schema itself says of roles is not asked here.
  const profile = diskProfileSchema.parse({
    format: 'assay disk profile 1',
    partitions: [
      { number: 1, role: 'boot' },
      { number: 2, role: 'root' },
      { number: 5, role: 'data' },
    ],
    console: {},
    ready: [{ console: 'login: ' }],
    ...rest,
  });
  return { ...profile, recovery: recoveryProfile.parse(recovery) };
}

t.test('claims become plans of faults on an MBR with logical drives', async (t) => {
  const path = await makeDisk(t, makeSmallDisk);
  const profile = profileOf([
    { damage: ['file-damaged partition=root path=/etc/hostname'], shows: 'mended (1/1)', within: '90s' },
    {
      damage: ['file-system-damaged partition=data', 'power-cut at write:3@system/data'],
      refused: '/no DATA/i',
    },
    { damage: ['volume-boot-record-damaged partition=boot at power-on'] },
  ]);
  const planned = await planRecovery(profile, path);
  t.same(
    planned.map(({ number, faults, withinMs, ends, shows }) => [
      ...[number, faults.map(plannedFaultText), withinMs],
      ...[ends && String(ends.pattern), shows && String(shows)],
    ]),
    [
      [0, ['power-cut lose=some at step:/goes on in the field/'], 600_000, undefined, undefined],
      [
        ...[1, ['file-damaged partition=root path=/etc/hostname at power-on:2'], 90_000],
        ...[undefined, '/mended \\(1\\/1\\)/'],
      ],
      [
        ...[2, ['file-system-damaged partition=data at power-on:2', 'power-cut at write:3@system/data']],
        ...[480_000, '/no DATA/i', undefined],
      ],
      [3, ['volume-boot-record-damaged partition=boot at power-on'], 480_000, undefined, undefined],
    ],
  );
  const withoutCut = await planRecovery(profile, path, { powerCut: false });
  t.same(
    withoutCut.map(({ number }) => number),
    [1, 2, 3],
  );
});

t.test('roles of a GPT are found by their numbers', async (t) => {
  const path = await makeDisk(t, makeGptDisk);
  const { root, spare } = gptDisk;
  const partitions = [
    { number: root.number, role: 'root' },
    { number: spare.number, role: 'spare' },
  ];
  const plan = (damage: string) => planRecovery(profileOf([{ damage: [damage] }], { partitions }), path);
  t.equal((await plan('file-system-damaged partition=root')).length, 2);
  t.equal((await plan('sectors-damaged partition=spare')).length, 2);
  await t.rejects(plan('file-system-damaged partition=spare'), { message: /partition 7 holds empty/ });
  await t.rejects(plan('file-system-damaged'), {
    message: /root \(3, ext4\), spare \(7, empty\)/,
  });
});

t.test('the power cut needs no disk that can be read, and knows what NVMe cannot lose', async (t) => {
  const [planned, ...others] = await planRecovery(
    profileOf([], { machine: { controller: 'nvme' } }),
    '/none',
  );
  t.equal(others.length, 0);
  t.match(plannedFaultText(planned!.faults[0]!), 'power-cut lose=nothing at step:');
  t.same(await planRecovery(profileOf([]), '/none', { powerCut: false }), []);
});

t.test('what cannot be tried is refused with the number of the claim, its text and what can', async (t) => {
  const path = await makeDisk(t, makeSmallDisk);
  const refuses = async (damage: string | string[], got: RegExp, expected: RegExp | undefined, rest = {}) => {
    const claims = [{ damage: ['board-replaced'] }, { damage: [damage].flat() }];
    const error = await planRecovery(profileOf(claims, rest), path).then(
      () => t.fail(`${damage} was planned`),
      (error) => error,
    );
    t.equal(error.code, 'VALIDATION_RECOVERY_INVALID', String(damage));
    t.match(error.facts, { tried: `claim 2 of \`recovery\`: ${[damage].flat().at(-1)}` });
    t.match(error.facts.got, got);
    if (expected !== undefined) t.match(error.facts.expected, expected);
    t.match(error.remedy, /assay drill --list/);
  };
  await refuses('file-system-damagd', /no fault of this name/, /file-system-damaged/);
  await refuses('file-system-damaged parts=root', /parts/, undefined);
  await refuses('power-cut', /on/, /a moment/);
  await refuses('bits-flipped partition=root at time:3s', /cannot be injected/, /power-on/);
  await refuses('bits-flipped partition=data-b', /no partition data-b/, /data \(5, ext4\)/);
  await refuses('bits-flipped partition=4', /no partition 4/, /boot \(1, fat16\), root \(2, ext4\)/);
  await refuses('power-cut at write:3@system/swap', /no partition swap/, /root/);
  await refuses('power-cut at write:3@data', /no disk data/, /^system$/);
  await refuses('disk-removed disk=data-2', /no disk data-2/, /^system, data-1$/, {
    machine: { dataDisks: ['1GiB'] },
  });
  await refuses('file-damaged partition=root path=/etc/hosts', /hosts .*not there/, /with content/);
  await refuses('file-damaged partition=root path=/etc', /it is no file, but a folder/, undefined);
  await refuses('file-damaged partition=root path=/short-link', /of the kind link/, undefined);
  await refuses('file-damaged partition=root path=/empty', /it is empty/, undefined);
  await refuses('reset machine=beta at time:3s', /machine=beta/, /clone/);
  await refuses('licence-damaged', /Assay's layouts/, /one of bits-flipped, .*link-lost/);
  await refuses('boot-states-damaged', /Assay's layouts/, /^((?!licence-damaged|server-gone|swapped).)*$/);
  await refuses('server-gone', /services/, undefined);
  await refuses('disks-swapped', /second disk/, undefined);
  await refuses('link-lost', /network card/, /^((?!link-lost|nic-).)*$/, { machine: { nic: 'none' } });
  await refuses('power-cut at time:1s', /nobody can say/, /lose=nothing/, {
    machine: { controller: 'nvme' },
  });
  await refuses('reset at time:1s', /is alive/, /console/, { console: undefined });
  await refuses(['bits-flipped', 'reset-storm at power-on'], /cannot be injected/, undefined);
  await refuses(['bits-flipped at power-on:3'], /does not come/, /power-on:2/);
  await refuses('board-replaced at power-on:2', /claim 1 again/, undefined);
});

t.test('what stays on can be asked by its network; what was off shows itself anew', async (t) => {
  const path = await makeDisk(t, makeSmallDisk);
  const plan = (damage: string, rest: object) => planRecovery(profileOf([{ damage: [damage] }], rest), path);
  const noConsole = { console: undefined };
  t.equal((await plan('power-cut at time:1s', noConsole)).length, 2);
  t.equal((await plan('bits-flipped partition=2', noConsole)).length, 2);
  t.equal((await plan('file-damaged partition=boot path=/hidden.sys', noConsole)).length, 2);
  t.equal((await plan('file-damaged partition=root path=/long-link/x', noConsole)).length, 2, 'who knows');
  t.equal((await plan('kernel-panics at time:1s', { ...noConsole, ready: [{ tcp: 22 }] })).length, 2);
});
