import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';

const repository = join(import.meta.dirname, '..');

/** Of the scenarios of the medium those that are quick. */
const scenarios = [
  'medium-keeps-nothing',
  'script-with-a-mistake-is-refused',
  'script-prepares-and-repairs-a-disk',
  'faulty-hardware-is-named',
];

// A ceiling: five times what it takes on two cores without KVM.
t.setTimeout(900_000);

t.test('the recovery medium starts real machines and does what scripts say', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'assay-medium-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const words = [
    'run',
    ...scenarios,
    '--plain',
    '--jobs',
    '1',
    '--timeout-scale',
    '3',
    '--out',
    join(folder, 'run'),
  ];
  const { stdout } = await promisify(execFile)(join(repository, 'assay'), words, {
    cwd: repository,
    maxBuffer: 64 * 1024 * 1024,
  });
  t.match(stdout, /4 passed, 0 failed, 0 errored, 0 skipped/);
});
