import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { encodeRecord } from '../records/index.ts';
import { emergencyHalf, withoutRestoredBoot } from './emergency-half.ts';
import { primaryHalf } from './primary-half.ts';
import type { ManufacturingProgress } from './progress.ts';
import { nextStep } from './steps.ts';
import { wipePartition } from './wipe-partition.ts';

const names = [...primaryHalf, ...emergencyHalf].map(({ name }) => name);
const full: ManufacturingProgress = {
  stage: 'template',
  completed: names,
  layoutName: 'a-layout-with-a-name-of-48-characters-or-so-0123',
  inputsHash: 'ab'.repeat(32),
  backupHash: 'cd'.repeat(32),
};

t.test('the steps come in the order of the specification, each name once', async (t) => {
  t.same(
    primaryHalf.map(({ name, endsIn = '' }) => `${name} ${endsIn}`.trim()),
    [
      'temporary-sid restart',
      'applications restart',
      'wipe-setup',
      'network-off',
      'pre-install-off',
      'reset-sid',
      'boot-emergency restart',
    ],
  );
  t.same(
    emergencyHalf.map(({ name, endsIn = '' }) => `${name} ${endsIn}`.trim()),
    ['general-sid restart', 'restore-boot', 'back-up', 'master power-off'],
  );
  t.equal(new Set(names).size, names.length);
});

t.test('pre-install goes on with the first step that is not recorded', async (t) => {
  t.equal(nextStep(primaryHalf, { completed: [] })?.name, 'temporary-sid');
  t.equal(nextStep(primaryHalf, { completed: ['temporary-sid', 'applications'] })?.name, 'wipe-setup');
  t.equal(nextStep(primaryHalf, { completed: names }), undefined);
});

t.test('a primary that was started again in between has the boot control restored again', async (t) => {
  const progress = withoutRestoredBoot(full);
  t.equal(nextStep(emergencyHalf, progress)?.name, 'restore-boot');
});

t.test('the record of the longest progress fits into its sector', async (t) => {
  t.doesNotThrow(() => encodeRecord('manufacturing', 99, Buffer.from(JSON.stringify(full))));
});

t.test('a wiped partition holds zeros to its last byte, and nothing beyond it is touched', async (t) => {
  const path = join(t.testdir({}), 'device');
  const sizeBytes = 1024 * 1024 + 1536;
  writeFileSync(path, Buffer.alloc(sizeBytes + 512, 0x5a));
  await wipePartition(path, sizeBytes);
  const bytes = readFileSync(path);
  t.ok(bytes.subarray(0, sizeBytes).every((byte) => byte === 0));
  t.ok(bytes.subarray(sizeBytes).every((byte) => byte === 0x5a));
});
