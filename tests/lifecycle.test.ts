import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { passScenarios } from './pass-scenarios.ts';

// A ceiling: five times what it takes on two cores without KVM.
t.setTimeout(1_500_000);

t.test('the life cycle passes on real machines, from the command line', async (t) => {
  const run = await passScenarios(t, ['lifecycle']);
  const report = JSON.parse(await readFile(join(run, 'summary.json'), 'utf8'));
  t.match(report, { counts: { passed: 1 } });
  t.match(await readFile(join(run, 'junit.xml'), 'utf8'), /tests="1" failures="0" errors="0"/);
  t.match(await readFile(join(run, 'results.tap'), 'utf8'), /^TAP version 14\n[\s\S]*^ok 1 - lifecycle/m);
  for (const unit of ['master', 'alpha', 'bravo']) {
    const console = await readFile(join(run, 'scenarios', 'lifecycle', unit, 'console.log'), 'utf8');
    t.match(console, /ASSAY MBR primary 1\/3/, `${unit} was started by the loader that counts`);
  }
});
