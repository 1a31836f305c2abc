import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Test } from 'tap';

const repository = join(import.meta.dirname, '..');

/**
 * Runs scenarios of Assay's own as a user does, one after the other, and asserts that all of them pass.
 *
 * @returns the folder of the run, which goes with the test.
 */
export async function passScenarios(t: Test, names: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-scenarios-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const run = join(folder, 'run');
  const words = ['run', ...names, '--plain', '--jobs', '1', '--timeout-scale', '3', '--out', run];
  const { stdout } = await promisify(execFile)(join(repository, 'assay'), words, {
    cwd: repository,
    maxBuffer: 64 * 1024 * 1024,
  });
  t.match(stdout, `${names.length} passed, 0 failed, 0 errored, 0 skipped`);
  return run;
}
