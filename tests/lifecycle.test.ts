import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';

const repository = join(import.meta.dirname, '..');

// A ceiling: five times what it takes on two cores without KVM.
t.setTimeout(1_500_000);

t.test('the life cycle passes on real machines, from the command line', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'assay-lifecycle-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const run = join(folder, 'run');
  const words = ['run', 'lifecycle', '--plain', '--jobs', '1', '--timeout-scale', '3', '--out', run];
  const { stdout } = await promisify(execFile)(join(repository, 'assay'), words, {
    cwd: repository,
    maxBuffer: 64 * 1024 * 1024,
  });
  t.match(stdout, /1 passed, 0 failed, 0 errored, 0 skipped/);

  const report = JSON.parse(await readFile(join(run, 'summary.json'), 'utf8'));
  t.match(report, { counts: { passed: 1 } });
  t.match(await readFile(join(run, 'junit.xml'), 'utf8'), /tests="1" failures="0" errors="0"/);
  t.match(await readFile(join(run, 'results.tap'), 'utf8'), /^TAP version 14\n[\s\S]*^ok 1 - lifecycle/m);
  for (const unit of ['master', 'alpha', 'bravo']) {
    const console = await readFile(join(run, 'scenarios', 'lifecycle', unit, 'console.log'), 'utf8');
    t.match(console, /ASSAY MBR primary 1\/3/, `${unit} was started by the loader that counts`);
  }
});
