import type { Command } from '../command.ts';
import { runningOptions } from '../run-selected.ts';
import { shrinkOptions } from '../shrink-options.ts';

const { seed: _seed, 'timeout-scale': _scale, ...sameOptions } = runningOptions;

/** `assay rerun`: what failed in a run, once more and in the same way (spec H7). */
export const rerun: Command = {
  usage: 'rerun <run> [names..]',
  summary: 'run again what failed in a run: same seed, time-outs and faults',
  options: {
    all: { type: 'boolean', describe: 'everything that was run then, also what passed' },
    repeat: {
      type: 'string',
      requiresArg: true,
      describe: 'run each so many times (default: 1); with --shrink, each candidate at most',
    },
    ...shrinkOptions,
    budget: {
      type: 'string',
      requiresArg: true,
      describe: 'with --shrink: begin no run after so long: 30min; what runs then goes on to its end',
    },
    ...sameOptions,
  },
  examples: [
    ['assay rerun latest', 'what failed or errored in the newest run of this folder'],
    [
      'assay rerun 98bc damaged-root-recovers',
      'one scenario of the run whose id goes 20261121T033610Z-98bc…',
    ],
    ['assay rerun 98bc lifecycle.3', 'the third attempt of a run with --repeat, or of a drill'],
    ['assay rerun latest --repeat 10', 'how often it fails'],
    ['assay rerun latest --shrink', 'the fewest faults by which a drill of several faults still fails'],
    ['assay rerun latest --shrink --repeat 3 --budget 1h', 'the same of a flaky one, in an hour'],
    ['assay rerun ./shard-1 --all --json', 'a run in a folder that came from elsewhere, for a script'],
  ],
  async run(words) {
    // Faults and explorer take longer to load than a short command to run.
    const { runAgain } = await import('../run-again.ts');
    return runAgain(words);
  },
};
