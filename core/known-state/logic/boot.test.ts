import { cpSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { readScript } from '../../script/index.ts';
import { stepKinds } from '../../script/steps/index.ts';
import type { BootState } from '../boot-state.ts';
import { twoDisks } from '../fixtures/small-system.ts';
import { delivered, logicFile, Unit } from '../fixtures/unit.ts';
import { blockBytes } from '../manifest.ts';

t.test('all is well: the first partition starts, and is Dirty until it says otherwise', async (t) => {
  const unit = await Unit.make(t);
  const result = await unit.start();
  t.equal(result.outcome, 'succeeded');
  t.same(unit.did, ['chain /dev/vda 1']);
  t.equal(await unit.found(), 'Dirty did not finish booting, OK, 0');
  t.same(unit.written, []);
  const read = unit.disks.readBytes.get('/dev/vda')!;
  t.ok(read < 4 * blockBytes, 'the second partition was not read');
  t.notOk(unit.disks.opened.includes('/dev/vdb'), 'the data disk was not opened');
  t.match(unit.lines, [
    /^system-1: intact, \d+\.\d MB at \d+ MB\/s$/,
    /^BOOT decision \{"action":"boot","partition":"system-1"/,
  ]);
});

t.test('Clean is good enough, Dirty is not', async (t) => {
  const unit = (await Unit.make(t)).states('Clean', 'OK');
  await unit.start();
  t.same(unit.did, ['chain /dev/vda 1']);
  unit.states('Dirty', 'Clean');
  await unit.start();
  t.same(unit.did, ['chain /dev/vda 2']);
  t.match(await unit.found(), /^Dirty, Dirty did not finish booting, 0$/);
});

t.test('a damaged partition is Dirty with its reason, and the next one starts', async (t) => {
  const unit = (await Unit.make(t)).damage('system-1', 1);
  await unit.start();
  t.same(unit.did, ['chain /dev/vda 2']);
  t.equal(await unit.found(), 'Dirty block 1 differs, Dirty did not finish booting, 0');
  t.same(unit.written, []);
});

t.test('a damaged boot record is recovered at once, and then the machine starts', async (t) => {
  const unit = await Unit.make(t);
  unit.disks.contents.get('/dev/vda')![460]! ^= 1;
  const result = await unit.start();
  t.equal(result.outcome, 'succeeded');
  t.same(unit.did, ['restart']);
  t.same(unit.written, ['/dev/vda 8192', '/dev/vda 0'], 'nothing else differed');
  t.match(await unit.found(), /^OK looked through.*, OK looked through.*, 1$/);
  await unit.start();
  t.same(unit.did, ['chain /dev/vda 1']);
});

t.test('two bad partitions are recovered', async (t) => {
  for (const states of [
    ['Dirty', 'Dirty'],
    ['OK', 'Dirty'],
    ['OK', 'OK'],
  ] as [BootState, BootState][]) {
    const unit = (await Unit.make(t))
      .states(...states)
      .damage('system-1', 0)
      .damage('system-2', 0);
    await unit.start();
    t.same(unit.did, ['restart']);
    t.match(await unit.found(), /^OK repaired to version 1\.0\.0, 1 of its blocks.*, OK repaired.*, 1$/);
    t.same(unit.disks.contents.get('/dev/vdb'), unit.system.contents.get('/dev/vdb'), 'data is as it was');
    await unit.start();
    t.same(unit.did, ['chain /dev/vda 1']);
    await unit.says('system-1', 'Clean');
    t.match(await unit.found(), /^Clean, OK repaired.*, 0$/);
  }
});

t.test('a misspelt candidate restores nothing: nothing was decided', async (t) => {
  const unit = await Unit.make(t, {
    logic: delivered.replace('[system-1, system-2]', '[system-1, sytsem-2]'),
  });
  const { end } = await unit.start();
  t.equal(end, 'prompt');
  t.match(unit.lines.at(-1), /cannot be recovered by itself/);
  t.same(unit.written, []);
  t.equal(await unit.found(), 'OK, OK, 0', 'the partitions are as good as before');
});

t.test('a blank disk becomes a system', async (t) => {
  const unit = await Unit.make(t);
  unit.disks.contents.get('/dev/vda')!.fill(0);
  await unit.start();
  t.same(unit.did, ['restart']);
  await unit.start();
  t.same(unit.did, ['chain /dev/vda 1']);
});

t.test(
  'a system that never comes up: the next one, repair, rewrite, and then somebody has to look',
  async (t) => {
    const unit = await Unit.make(t);
    const starts: string[] = [];
    for (let start = 0; start < 9; start += 1) {
      const { outcome, end } = await unit.start();
      const method = unit.lines.find((line) => /^re(pair|write) /.test(line))?.split(' ')[0];
      starts.push(method ?? unit.did[0] ?? `${outcome}, ${end}`);
    }
    const both = ['chain /dev/vda 1', 'chain /dev/vda 2'];
    t.same(starts, [...both, 'repair', ...both, 'rewrite', ...both, 'failed, prompt']);
    t.match(unit.lines.at(-1), /cannot be recovered by itself/);
    t.match(unit.written, [], 'nothing is written any more');
  },
);

t.test(
  'a hand-over that fails leaves the partition Dirty, and the next start takes the other one',
  async (t) => {
    const unit = await Unit.make(t);
    unit.handOverFails = true;
    await unit.start();
    t.same(unit.did, ['chain /dev/vda 1', 'restart']);
    unit.handOverFails = false;
    await unit.start();
    t.same(unit.did, ['chain /dev/vda 2']);
  },
);

t.test('nothing starts whose failure could not be noticed', async (t) => {
  const unit = await Unit.make(t);
  unit.disks.unwritable = ['/dev/vda'];
  const { steps } = await unit.start();
  t.match(steps.find(({ name }) => name === 'boot')!.error, { code: 'KNOWN_STATE_STATES_UNWRITABLE' });
  t.same(unit.did, ['restart']);
});

t.test('in eight starts a quick check has read every block', async (t) => {
  const unit = (await Unit.make(t)).damage('system-1', 5);
  let starts = 0;
  do {
    starts += 1;
    await unit.start();
    for (const state of ['Clean', 'OK'] as const)
      await unit.says(unit.did[0] === 'chain /dev/vda 1' ? 'system-1' : 'system-2', state);
  } while (unit.did[0] === 'chain /dev/vda 1' && starts < 20);
  t.same(unit.did, ['chain /dev/vda 2']);
  t.ok(starts > 1 && starts <= 8, `in the ${starts}th`);
  const full = delivered.replace('check: quick', 'check: full');
  const thorough = (await Unit.make(t, { logic: full })).damage('system-1', 5);
  await thorough.start();
  t.same(thorough.did, ['chain /dev/vda 2']);
});

const three = delivered.replace('[system-1, system-2]', '[system-2, system-1, system-3]');

t.test('three partitions on two disks, in another order, by the text alone', async (t) => {
  const unit = await Unit.make(t, { layout: twoDisks, logic: three });
  await unit.start();
  t.same(unit.did, ['chain /dev/vdb 1']);
  await unit.says('system-2', 'Dirty');
  await unit.start();
  t.same(unit.did, ['chain /dev/vda 1']);
  await unit.start();
  t.same(unit.did, ['chain /dev/vda 2']);
  await unit.start();
  t.same(unit.did, ['restart'], 'recovery');
});

t.test('a dead disk does not stop the other one', async (t) => {
  const unit = await Unit.make(t, { layout: twoDisks, logic: three });
  unit.disks.contents.delete('/dev/vdb');
  await unit.start();
  t.same(unit.did, ['chain /dev/vda 1']);
});

t.test('self-repair restores what is Dirty once, and lets the others have their turn', async (t) => {
  const step = '  - { name: self-repair, do: recover-system, with: { only: dirty }, mayFail: true }\n';
  const logic = delivered.replace('steps:\n', `steps:\n${step}`);
  const unit = (await Unit.make(t, { logic })).states('Dirty', 'OK').damage('system-1');
  await unit.start();
  t.same(unit.did, ['chain /dev/vda 1']);
  t.ok(unit.written.length > 0);
  await unit.start();
  t.same(unit.did, ['chain /dev/vda 2'], 'it did not come up after that either');
  await unit.says('system-2', 'Clean');
  await unit.start();
  t.same(unit.did, ['chain /dev/vda 1']);
});

t.test('a candidate that the layout does not have is named', async (t) => {
  const logic = delivered.replace('[system-1, system-2]', '[system-1, system-4, system-1]');
  const { steps } = await (await Unit.make(t, { logic })).start();
  t.match(steps.find(({ name }) => name === 'partition')!.error, {
    code: 'KNOWN_STATE_PARTITION_UNKNOWN',
    message: /expected: system-1, system-2\n +got: +system-4, system-1/,
  });
});

t.test('the documentation quotes the file, and its examples are good', async (t) => {
  const page = await readFile('docs/logic-file.md', 'utf8');
  const [first, ...examples] = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map((match) => match[1]!);
  t.equal(first, delivered);
  t.equal(examples.length, 2);
  const folder = t.testdir();
  cpSync(logicFile, join(folder, 'boot.yaml'));
  await t.resolves(readScript(join(folder, 'boot.yaml'), stepKinds));
  for (const [index, example] of examples.entries()) {
    const path = join(folder, `example-${index}.yaml`);
    await writeFile(path, `name: example\nsteps:\n${example}`);
    await t.resolves(readScript(path, stepKinds));
  }
});
