import { join, relative } from 'node:path';
import { jsonReport, type Run, terminalSummary } from '../../../reports/index.ts';
import { evidenceInFolder } from '../../evidence-in-folder.ts';
import { exitCodes } from '../../exit-code.ts';
import { findRun } from '../../find-run.ts';
import type { Command } from '../command.ts';
import { flag, text } from '../option-values.ts';
import { placesOfRun } from '../places-of-run.ts';

/** `assay report show`: what a run printed at its end, once more. */
export const reportShow: Command = {
  usage: 'show [run]',
  summary: 'print the summary of a run again; its exit code is 0 whatever the run found',
  options: {},
  examples: [
    ['assay report show', 'the newest run of this folder'],
    ['assay report show 98bc', 'the run whose id goes 20261121T033610Z-98bc…'],
    ['assay report show ./shard-1 --json', 'the run in a folder that came from elsewhere, for a script'],
  ],
  async run(words) {
    const { run, folder } = await findRun(text(words, 'run') ?? 'latest');
    if (flag(words, 'json')) {
      process.stdout.write(jsonReport(run));
      return exitCodes.passed;
    }
    const color = process.stdout.isTTY && process.env.NO_COLOR === undefined;
    process.stdout.write(`${terminalSummary(seenFromHere(run, folder), { color })}${placesOfRun(folder)}`);
    return exitCodes.passed;
  },
};

/** The evidence as it is reached from this folder, wherever the run was made. */
function seenFromHere(run: Run, folder: string): Run {
  const scenarios = run.scenarios.map((scenario) => ({
    ...scenario,
    evidence: scenario.evidence.map(({ what, path }) => {
      const own = evidenceInFolder(path, scenario.scenarioId);
      return { what, path: own === undefined ? path : relative(process.cwd(), join(folder, own)) };
    }),
  }));
  return { ...run, scenarios };
}
