import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import type { DrillTable, Run } from '../reports/index.ts';

const repository = join(import.meta.dirname, '..');

// A ceiling: five times what it takes on two cores without KVM.
t.setTimeout(900_000);

t.test('a power cut in the middle of a write of the first boot is survived, and seen', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'assay-drills-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const run = join(folder, 'run');
  const words = [
    ...['drill', 'unit-in-the-field', '--seed', 'a-fixed-one'],
    ...['--fault', 'power-cut lose=some at in-write:30@system'],
    ...['--plain', '--jobs', '1', '--timeout-scale', '3', '--out', run],
  ];
  const { stdout } = await promisify(execFile)(join(repository, 'assay'), words, {
    cwd: repository,
    maxBuffer: 64 * 1024 * 1024,
  });
  t.match(stdout, '1 passed, 0 failed, 0 errored, 0 skipped');
  t.match(stdout, /power-cut lose=some\n +in-write:30@system +passed, well again after \d/);
  const { scenarios, drills } = JSON.parse(await readFile(join(run, 'summary.json'), 'utf8')) as Run & {
    drills: DrillTable;
  };
  t.match(drills, { planned: 1, begun: 1, moments: ['in-write:30@system'] });
  for (const { name, drill, faults } of scenarios) {
    t.equal(faults.length, 1, `${name}: the fault happened`);
    t.ok(faults[0]?.proof, `${name}: ${faults[0]?.proof}`);
    t.ok(Number(drill?.recoveryMs) > 0, `${name}: well again after ${drill?.recoveryMs} ms`);
  }
  const consolePath = join(run, 'scenarios', scenarios[0]!.scenarioId, 'alpha', 'console.log');
  const consoleText = await readFile(consolePath, 'utf8');
  t.match(consoleText, /(ASSAY STAGE data-disk[\s\S]*){2}ASSAY READY/, 'the first boot began again');
});
