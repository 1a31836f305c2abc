import { join, relative } from 'node:path';
import type { ScenarioRun } from '../../../reports/index.ts';
import { acceleratorFor } from '../../accelerator-for.ts';
import { harnessErrors } from '../../errors.ts';
import { exitCodeOf, exitCodes } from '../../exit-code.ts';
import { type FoundRun, findRun } from '../../find-run.ts';
import { type LoadedScenario, loadScenarios } from '../../load-scenarios.ts';
import { chooseAttempts } from '../../rerun/choose-attempts.ts';
import { hostDifferences, inputDifferences } from '../../rerun/compare-circumstances.ts';
import { machineDifferences } from '../../rerun/compare-machines.ts';
import { outcomeAgain, outcomeAgainSentence } from '../../rerun/outcome-again.ts';
import { planAgain } from '../../rerun/planned-again.ts';
import { type ReproduceWords, readReproduceCommand } from '../../rerun/read-reproduce-command.ts';
import type { RunResult } from '../../run-scenarios.ts';
import { acceleratorWish } from '../accelerator-option.ts';
import type { Command, Words } from '../command.ts';
import { flag, positiveCount, text, texts } from '../option-values.ts';
import { type RunConclusion, runningOptions, runSelected } from '../run-selected.ts';

const { seed: _seed, 'timeout-scale': _scale, ...sameOptions } = runningOptions;

/** `assay rerun`: what failed in a run, once more and in the same way (spec H7). */
export const rerun: Command = {
  usage: 'rerun <run> [names..]',
  summary: 'run again what failed in a run: same seed, time-outs and faults',
  options: {
    all: { type: 'boolean', describe: 'everything that was run then, also what passed' },
    repeat: { type: 'string', requiresArg: true, describe: 'run each so many times (default: 1)' },
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
    ['assay rerun ./shard-1 --all --json', 'a run in a folder that came from elsewhere, for a script'],
  ],
  async run(words) {
    const found = await findRun(text(words, 'run')!);
    const { runId } = found.run;
    if (found.isLive) throw harnessErrors.HARNESS_RUN_LIVE({ tried: 'run it again', got: runId });
    const attempts = chooseAttempts(found.run, texts(words, 'names'), flag(words, 'all'));
    if (attempts.length === 0) return sayNothingFailed(found, flag(words, 'json'));
    const circumstances = sharedCircumstances(attempts);
    const { seed, timeoutScale, scenarioPaths } = circumstances[0]!.words;
    const wish = text(words, 'accelerator') ?? (isEmulated(found) ? 'tcg' : 'auto');
    const same = {
      ...words,
      ...{ seed, 'timeout-scale': String(timeoutScale), scenarios: scenarioPaths, accelerator: wish },
    };
    const planned = await planAll(found, circumstances);
    const before = [
      ...(await differencesBefore(found, planned, same)),
      ...planned.flatMap((one) => one.differences),
    ];
    const result = await runSelected(same, {
      selected: distinct(planned.map(({ loaded }) => loaded)),
      notes: [againSentence(found, attempts), ...differenceNotes(before)],
      repeat: positiveCount(words, 'repeat') ?? 1,
      conclude: (ended) => conclude(found, planned, before, ended),
    });
    return exitCodeOf({ ...result, failOnFlaky: false });
  },
};

interface PlannedAttempt {
  attempt: ScenarioRun;
  evidenceFolder: string;
  loaded: LoadedScenario;
  differences: string[];
}

/** One run has one seed; a merged one may come from several. */
function sharedCircumstances(
  attempts: readonly ScenarioRun[],
): { attempt: ScenarioRun; words: ReproduceWords }[] {
  const all = attempts.map((attempt) => ({ attempt, words: readReproduceCommand(attempt.reproduce ?? '') }));
  const keys = all.map(({ words: { seed, timeoutScale, scenarioPaths } }) =>
    JSON.stringify({ seed, timeoutScale, scenarioPaths }),
  );
  const other = keys.findIndex((key) => key !== keys[0]);
  if (other < 0) return all;
  throw harnessErrors.HARNESS_NOT_RERUNNABLE({
    tried: `run ${all[0]!.attempt.scenarioId} and ${all[other]!.attempt.scenarioId} again in one run`,
    expected: 'one seed, time-out scale and set of --scenarios',
    got: `${keys[0]} and ${keys[other]}`,
    remedy: 'name those that belong together',
  });
}

function isEmulated({ run }: FoundRun): boolean {
  return run.host.accelerator?.name === 'tcg';
}

async function planAll(
  { folder }: FoundRun,
  circumstances: readonly { attempt: ScenarioRun; words: ReproduceWords }[],
): Promise<PlannedAttempt[]> {
  const paths = circumstances[0]!.words.scenarioPaths;
  const loaded = await loadScenarios(paths.length === 0 ? undefined : paths);
  const planned: PlannedAttempt[] = [];
  for (const { attempt, words } of circumstances) {
    const evidenceFolder = join(folder, 'scenarios', attempt.scenarioId);
    const again = await planAgain(loaded, words, { nameThen: attempt.name, evidenceFolder });
    planned.push({ attempt, evidenceFolder, ...again });
  }
  return planned;
}

/** Repeats of one scenario are one scenario: what differs among them is chance, and --repeat asks for that. */
function distinct(loaded: readonly LoadedScenario[]): LoadedScenario[] {
  return [...new Map(loaded.map((one) => [one.scenario.name, one])).values()];
}

async function differencesBefore(
  found: FoundRun,
  planned: readonly PlannedAttempt[],
  words: Words,
): Promise<string[]> {
  const needsMachines = planned.some(({ loaded }) => loaded.scenario.needs.machines > 0);
  const chosen = needsMachines ? await acceleratorFor(acceleratorWish(words)) : undefined;
  const ofHost = await hostDifferences(found.run, chosen?.accelerator);
  const ofInputs: string[] = [];
  for (const { evidenceFolder, attempt } of planned) {
    const differences = await inputDifferences(evidenceFolder);
    ofInputs.push(...differences.map((difference) => `${attempt.scenarioId}: ${difference}`));
  }
  return [...ofHost, ...ofInputs];
}

function againSentence({ run, folder }: FoundRun, attempts: readonly ScenarioRun[]): string {
  const ids = attempts.map(({ scenarioId }) => scenarioId).join(', ');
  return `runs again, of run ${run.runId} (${relative(process.cwd(), folder) || '.'}): ${ids}`;
}

function differenceNotes(differences: readonly string[]): string[] {
  if (differences.length > 0) return differences.map((difference) => `not as then: ${difference}`);
  return ['sources, images, Assay, QEMU, Node, accelerator and host are as they were then'];
}

async function conclude(
  found: FoundRun,
  planned: readonly PlannedAttempt[],
  before: readonly string[],
  { run, runFolder }: RunResult,
): Promise<RunConclusion> {
  const scenarios = planned.map(({ attempt, loaded }) => outcomeAgain(attempt, run, loaded.scenario.name));
  const after: string[] = [];
  for (const [index, { attempt, evidenceFolder }] of planned.entries()) {
    const [first] = scenarios[index]!.again;
    if (first === undefined) continue;
    const differences = await machineDifferences(
      evidenceFolder,
      join(runFolder, 'scenarios', first.scenarioId),
    );
    after.push(...differences.map((difference) => `${attempt.scenarioId}: ${difference}`));
  }
  const lines = [
    `again, what run ${found.run.runId} found:`,
    ...scenarios.map((scenario) => `  ${outcomeAgainSentence(scenario)}`),
    ...[...before, ...after].map((difference) => `  not as then: ${difference.replaceAll('\n', '\n    ')}`),
  ];
  const json = { rerun: { runId: found.run.runId, differences: { before, after }, scenarios } };
  return { text: `\n${lines.join('\n')}\n`, json };
}

function sayNothingFailed({ run }: FoundRun, json: boolean): number {
  const note = `nothing to run: of ${run.scenarios.length} scenario attempts of run ${run.runId}, none failed in the end`;
  process.stderr.write(`${note}; --all runs all of them\n`);
  const counts = { passed: 0, failed: 0, errored: 0, skipped: 0, flaky: 0 };
  const nothing = { runId: run.runId, differences: { before: [], after: [] }, scenarios: [] };
  if (json)
    process.stdout.write(`${JSON.stringify({ notes: [note], counts, scenarios: [], rerun: nothing })}\n`);
  return exitCodes.passed;
}
