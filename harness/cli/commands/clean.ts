import { relative } from 'node:path';
import { defaultCachePath, formatSize } from '../../../foundation/index.ts';
import { type CleanPlan, planClean, removePlanned } from '../../clean-folders.ts';
import { sweepDeadRuns } from '../../sweep-dead-runs.ts';
import type { Command } from '../command.ts';
import { flag } from '../option-values.ts';

/** `assay clean`: empties runs and caches. */
export const clean: Command = {
  usage: 'clean',
  summary: 'remove runs of this folder and caches; never those of a run that still runs',
  options: {
    runs: { type: 'boolean', describe: 'only the runs in .assay/runs' },
    cache: { type: 'boolean', describe: 'only the caches (images, packages)' },
    'dry-run': { type: 'boolean', describe: 'only say what would be removed' },
  },
  examples: [
    ['assay clean --dry-run', 'what would go, and how large it is'],
    ['assay clean --runs', 'remove the runs, keep the caches'],
  ],
  async run(words) {
    const both = flag(words, 'runs') === flag(words, 'cache');
    const dryRun = flag(words, 'dry-run');
    if (!dryRun) await sweepDeadRuns();
    const plan = await planClean({
      runs: both || flag(words, 'runs'),
      cachePath: both || flag(words, 'cache') ? defaultCachePath() : undefined,
    });
    if (!dryRun) await removePlanned(plan);
    process.stdout.write(flag(words, 'json') ? `${asJson(plan, dryRun)}\n` : asLines(plan, dryRun));
    return 0;
  },
};

function asJson(plan: CleanPlan, dryRun: boolean): string {
  return JSON.stringify({ dryRun, ...plan }, undefined, 2);
}

function asLines({ removable, kept }: CleanPlan, dryRun: boolean): string {
  const totalBytes = removable.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const lines = [
    ...removable.map(
      ({ path, sizeBytes }) =>
        `${dryRun ? 'would remove' : 'removed'}  ${formatSize(sizeBytes).padStart(10)}  ${shown(path)}`,
    ),
    ...kept.map(({ path, reason }) => `kept  ${shown(path)}: ${reason}`),
    `${dryRun ? 'would free' : 'freed'} ${formatSize(totalBytes)}`,
  ];
  return `${lines.join('\n')}\n`;
}

function shown(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere.startsWith('..') ? path : fromHere;
}
