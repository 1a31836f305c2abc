import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTool } from '../foundation/index.ts';
import { median } from './statistics.ts';

const times = 5;
const repositoryFolder = join(import.meta.dirname, '..');

/**
 * What a run costs before and after its machines: `assay run` of a scenario that does nothing, from the start of its
 * process to its end, in milliseconds; once per run, however many machines it has.
 */
export async function measureStartUp(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-bench-'));
  const scenarioPath = join(import.meta.dirname, 'nothing-to-do.ts');
  const tookMs: number[] = [];
  try {
    // One more than counts: the first may have to compile.
    for (let time = 0; time <= times; time += 1) {
      const startMs = performance.now();
      const out = join(folder, String(time));
      await runTool(join(repositoryFolder, 'assay'), [
        ...['run', '--scenarios', scenarioPath, '--out', out, '--plain'],
      ]);
      if (time > 0) tookMs.push(performance.now() - startMs);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return median(tookMs);
}
