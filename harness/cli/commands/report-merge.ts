import { relative } from 'node:path';
import { countDecisiveOutcomes, jsonReport, terminalSummary } from '../../../reports/index.ts';
import { exitCodeOf } from '../../exit-code.ts';
import { type FoundRun, findRun } from '../../find-run.ts';
import { mergeRunFolders } from '../../merge-run-folders.ts';
import type { Command } from '../command.ts';
import { flag, text, texts } from '../option-values.ts';

/** `assay report merge`: one run folder from several, such as the shards of CI. */
export const reportMerge: Command = {
  usage: 'merge <runs..>',
  summary: 'merge runs, or the shards of one, into one run folder with all reports',
  options: {
    out: {
      type: 'string',
      requiresArg: true,
      demandOption: true,
      describe: 'the folder of the merged run, empty or new',
    },
    copy: { type: 'boolean', describe: 'copy the evidence, so that the merged folder stands for itself' },
    'fail-on-flaky': { type: 'boolean', describe: 'exit code 1 also where a scenario was flaky' },
  },
  examples: [
    ['assay report merge shard-* --out all --copy', 'the shards of a run, with their evidence'],
    ['assay report merge 98bc 1f3a --out both', 'two runs of this folder; the evidence stays where it is'],
  ],
  async run(words) {
    const found = await findRuns(texts(words, 'runs'));
    const { run, runFolder } = await mergeRunFolders(found, {
      out: text(words, 'out')!,
      copy: flag(words, 'copy'),
      argv: process.argv.slice(2),
    });
    if (flag(words, 'json')) {
      process.stdout.write(jsonReport(run));
    } else {
      const color = process.stdout.isTTY && process.env.NO_COLOR === undefined;
      const merged = `merged ${found.length} ${found.length === 1 ? 'run' : 'runs'} into`;
      const folder = relative(process.cwd(), runFolder) || '.';
      process.stdout.write(`${terminalSummary(run, { color })}${merged} ${folder}\n`);
    }
    return exitCodeOf({
      counts: countDecisiveOutcomes(run),
      interrupted: run.state === 'interrupted',
      hasError: run.error !== undefined,
      failOnFlaky: flag(words, 'fail-on-flaky'),
    });
  },
};

/** Each run once, by whichever names: `.assay/runs/*` names the newest twice, by its id and as `latest`. */
async function findRuns(names: readonly string[]): Promise<FoundRun[]> {
  const found = new Map<string, FoundRun>();
  for (const name of names) {
    const one = await findRun(name);
    if (found.has(one.folder)) process.stderr.write(`note: ${name} is named twice, and taken once\n`);
    found.set(one.folder, one);
  }
  return [...found.values()];
}
