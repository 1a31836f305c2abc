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

t.test('a damaged file system and a power cut in the middle of a write are survived, and seen', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'assay-drills-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const run = join(folder, 'run');
  const words = [
    ...['drill', 'unit-in-the-field', '--each', '--seed', 'a-fixed-one'],
    ...['--fault', 'file-system-damaged', '--fault', 'power-cut lose=some at in-write:30@system'],
    ...['--plain', '--jobs', '1', '--timeout-scale', '3', '--out', run],
  ];
  const { stdout } = await promisify(execFile)(join(repository, 'assay'), words, {
    cwd: repository,
    maxBuffer: 64 * 1024 * 1024,
  });
  t.match(stdout, '2 passed, 0 failed, 0 errored, 0 skipped');
  t.match(stdout, /power-cut lose=some\n +in-write:30@system +passed, well again after \d/);
  const { scenarios, drills } = JSON.parse(await readFile(join(run, 'summary.json'), 'utf8')) as Run & {
    drills: DrillTable;
  };
  t.match(drills, { planned: 2, begun: 2, moments: ['in-write:30@system', 'power-on:2'] });
  for (const { name, drill, faults } of scenarios) {
    t.equal(faults.length, 1, `${name}: the fault happened`);
    t.ok(faults[0]?.proof, `${name}: ${faults[0]?.proof}`);
    t.ok(Number(drill?.recoveryMs) > 0, `${name}: well again after ${drill?.recoveryMs} ms`);
  }
  const consoleText = async (name: string) => {
    const { scenarioId } = scenarios.find((one) => one.name.includes(name))!;
    return readFile(join(run, 'scenarios', scenarioId, 'alpha', 'console.log'), 'utf8');
  };
  t.match(await consoleText('file-system-damaged'), /ASSAY EMERGENCY[\s\S]*ASSAY READY/, 'it was rebuilt');
  t.match(
    await consoleText('power-cut'),
    /(ASSAY STAGE data-disk[\s\S]*){2}ASSAY READY/,
    'the first boot began again',
  );
});
