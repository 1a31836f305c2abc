import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { emulatedMachines } from '../../emulated-machines.ts';
import { runScenarios } from '../../run-scenarios.ts';
import { diskProfileSchema } from '../profile/disk-profile.ts';
import type { ProofProfile } from './clone-hardware.ts';
import { makeTwinDisk, twinHabits } from './fixtures/twin-disk.ts';
import { newTogetherCollector, togetherFindings, togetherScenario } from './together.ts';

const { writesBootDisk, writesOtherDisk, refusesTwins } = twinHabits;

// Real machines, one at a time; deadlines are ceilings.
t.setTimeout(300_000);

/** Starts the tiny disk together with its clone, in both orders. */
async function attach(t: Test, habits: number, options: { ready?: string; dataDisks?: string[] } = {}) {
  const folder = await mkdtemp('/tmp/together-');
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const imagePath = await makeTwinDisk(join(folder, 'master.img'), habits);
  const before = await readFile(imagePath);
  const { ready = '60s', dataDisks = [] } = options;
  const profile = diskProfileSchema.parse({
    format: 'assay disk profile 1',
    machine: { memory: '64MiB', nic: 'none', dataDisks },
    ready: [{ console: 'READY' }],
    limits: { ready, shutDown: '60s' },
  }) as ProofProfile;
  const collector = newTogetherCollector();
  const { counts } = await runScenarios({
    selected: [{ scenario: togetherScenario({ imagePath, profile, collector }), file: '(proof)' }],
    ...{ jobs: 1, repeat: 1, keep: false, timeoutScale: 1, seed: 'seven', argv: [] },
    out: join(folder, 'run'),
    machines: emulatedMachines('tcg'),
  });
  t.ok(before.equals(await readFile(imagePath)), 'the master is as it was');
  return { collector, counts, findings: togetherFindings(collector) };
}

const orders = [
  ['original', 'clone'],
  ['clone', 'original'],
];
const written = (original: number, clone: number) => [
  { disk: 'original', changedBlocks: original },
  { disk: 'clone', changedBlocks: clone },
];

t.test('it writes to the disk that it was started from', async (t) => {
  const { collector, counts, findings } = await attach(t, writesBootDisk, { dataDisks: ['1MiB'] });
  t.match(collector.attached, [
    { order: orders[0], readyMs: Number, written: written(1, 0) },
    { order: orders[1], readyMs: Number, written: written(0, 1) },
  ]);
  t.match([collector.failures, findings], [[], []]);
  t.equal(findings.length, 0);
  t.equal(counts.passed, 1);
});

t.test('it writes to the other disk', async (t) => {
  const { collector, counts, findings } = await attach(t, writesOtherDisk);
  t.match(
    collector.attached.map((one) => one.written),
    [written(0, 1), written(1, 0)],
  );
  t.match(findings, [
    {
      ...{ kind: 'boots-one-disk-and-writes-the-other', where: 'original and clone in one machine' },
      evidence: 'started from the original, it has changed 0 blocks of the original, 1 blocks of the clone',
    },
    { kind: 'boots-one-disk-and-writes-the-other', where: 'clone and original in one machine' },
  ]);
  t.equal(counts.passed, 1, 'it is a finding, no failure');
});

t.test('it does not start beside its twin', async (t) => {
  const { collector, findings } = await attach(t, writesBootDisk | refusesTwins, { ready: '5s' });
  t.match(collector.attached, [
    { order: orders[0], failure: /READY/, written: written(0, 0) },
    { order: orders[1], failure: /READY/, written: written(0, 0) },
  ]);
  t.notOk('readyMs' in collector.attached[0]!);
  t.match(findings, [
    { kind: 'not-ready-with-its-clone-attached', evidence: /not ready in time.*READY/ },
    { kind: 'not-ready-with-its-clone-attached' },
  ]);
});

t.test('what else can have been seen', async (t) => {
  const both = { order: orders[1]!, readyMs: 1, written: written(3, 5) };
  t.match(togetherFindings({ attached: [both], failures: [{ order: orders[0]!, text: 'no room' }] }), [
    { kind: 'writes-both-disks', evidence: /^started from the clone, .* 3 blocks of the original, 5 blocks/ },
    { kind: 'proof-incomplete', where: 'original and clone in one machine', evidence: 'no room' },
  ]);
  t.match(togetherFindings(newTogetherCollector()), [
    { kind: 'proof-incomplete', evidence: 'it was not tried' },
    { kind: 'proof-incomplete', where: 'clone and original in one machine' },
  ]);
  const unwritten = orders.map((order) => ({ order, readyMs: 1, written: written(0, 0) }));
  t.same(togetherFindings({ attached: unwritten, failures: [] }), [], 'a system that writes nothing');
});
