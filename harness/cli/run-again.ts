import { join, relative } from 'node:path';
import type { ScenarioRun } from '../../reports/index.ts';
import { acceleratorFor } from '../accelerator-for.ts';
import { harnessErrors } from '../errors.ts';
import { exitCodeOf, exitCodes } from '../exit-code.ts';
import { type SpanReport, spanReportText } from '../explorer/span-report.ts';
import { type FoundRun, findRun } from '../find-run.ts';
import { type LoadedScenario, loadScenarios } from '../load-scenarios.ts';
import { chooseAttempts } from '../rerun/choose-attempts.ts';
import { hostDifferences, inputDifferences } from '../rerun/compare-circumstances.ts';
import { machineDifferences } from '../rerun/compare-machines.ts';
import { outcomeAgain, outcomeAgainSentence } from '../rerun/outcome-again.ts';
import { type PlannedAgain, planAgain } from '../rerun/planned-again.ts';
import { type ReproduceWords, readReproduceCommand } from '../rerun/read-reproduce-command.ts';
import type { RunResult } from '../run-scenarios.ts';
import { acceleratorWish } from './accelerator-option.ts';
import type { Words } from './command.ts';
import { explorationsAgain } from './explorations-again.ts';
import { flag, positiveCount, text, texts } from './option-values.ts';
import { type RunConclusion, runSelected } from './run-selected.ts';
import { Shrinking } from './shrinking.ts';

/** `assay rerun`: what failed in a run, once more and in the same way (spec H7). @returns the exit code. */
export async function runAgain(words: Words): Promise<number> {
  refuseBudgetAlone(words);
  const found = await findRun(text(words, 'run')!);
  const { runId } = found.run;
  if (found.isLive) throw harnessErrors.HARNESS_RUN_LIVE({ tried: 'run it again', got: runId });
  const attempts = chooseAttempts(found.run, texts(words, 'names'), flag(words, 'all'));
  const json = flag(words, 'json');
  if (attempts.length === 0) {
    const note = `of ${found.run.scenarios.length} scenario attempts of run ${runId}, none failed in the end`;
    return sayNothing(found, `nothing to run: ${note}; --all runs all of them`, json);
  }
  const circumstances = sharedCircumstances(attempts);
  const { seed, timeoutScale, virtualTime, scenarioPaths } = circumstances[0]!.words;
  const wish = text(words, 'accelerator') ?? (isEmulated(found) ? 'tcg' : 'auto');
  const same = {
    ...words,
    ...{ seed, 'timeout-scale': String(timeoutScale), scenarios: scenarioPaths, accelerator: wish },
    ...(virtualTime && { 'virtual-time': true }),
  };
  const explored: Explored = {};
  const all = await planAll(found, circumstances, explored);
  const { planned, left } = flag(words, 'shrink') ? shrinkableOf(all) : { planned: all, left: [] };
  if (planned.length === 0) return sayNothing(found, `nothing to shrink: ${left.join('; ')}`, json);
  const shrinking = Shrinking.asked(words, planned.flatMap(drillOf));
  const before = [
    ...(await differencesBefore(found, planned, same)),
    ...planned.flatMap((one) => one.differences),
  ];
  const notes = [againSentence(found, planned), ...left, ...differenceNotes(before)];
  const result = await runSelected(same, {
    selected: distinct(planned.map(({ loaded }) => loaded)),
    ...{ notes, repeat: positiveCount(words, 'repeat') ?? 1, budgetMs: shrinking?.budgetMs },
    ...(shrinking && { further: shrinking.further }),
    conclude: (ended) => conclude({ found, planned, before, explored, shrinking }, ended),
  });
  return exitCodeOf({ ...result, failOnFlaky: false });
}

/** What explorations that are run anew as a whole have found, by scenario. */
type Explored = Record<string, readonly SpanReport[]>;

interface PlannedAttempt extends PlannedAgain {
  attempt: ScenarioRun;
  words: ReproduceWords;
  evidenceFolder: string;
}

function refuseBudgetAlone(words: Words): void {
  if (text(words, 'budget') === undefined || flag(words, 'shrink')) return;
  throw harnessErrors.HARNESS_USAGE({
    tried: 'use --budget without --shrink',
    expected: '--shrink beside it: what failed is run again whole, however long it takes',
  });
}

/** Drills of several faults that failed; of the others, why there is nothing to be taken out. */
function shrinkableOf(all: readonly PlannedAttempt[]): { planned: PlannedAttempt[]; left: string[] } {
  const why = ({ attempt, drill }: PlannedAttempt): string | undefined => {
    if (drill === undefined) return 'it is no drill';
    if (attempt.outcome !== 'failed') return `it did not fail, it is ${attempt.outcome ?? 'errored'}`;
    return drill.plan.length === 1 ? 'it has one fault' : undefined;
  };
  return {
    planned: all.filter((one) => why(one) === undefined),
    left: all.flatMap((one) => {
      const reason = why(one);
      return reason === undefined ? [] : [`${one.attempt.scenarioId} cannot be shrunk, for ${reason}`];
    }),
  };
}

function drillOf({ drill, attempt }: PlannedAttempt) {
  return drill === undefined ? [] : [{ ...drill, code: attempt.error?.code }];
}

/** One run has one seed; a merged one may come from several. */
function sharedCircumstances(
  attempts: readonly ScenarioRun[],
): { attempt: ScenarioRun; words: ReproduceWords }[] {
  const all = attempts.map((attempt) => ({ attempt, words: readReproduceCommand(attempt.reproduce ?? '') }));
  const keys = all.map(({ words: { seed, timeoutScale, virtualTime, scenarioPaths } }) =>
    JSON.stringify({ seed, timeoutScale, virtualTime, scenarioPaths }),
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
  explored: Explored,
): Promise<PlannedAttempt[]> {
  const paths = circumstances[0]!.words.scenarioPaths;
  const loaded = await loadScenarios(paths.length === 0 ? undefined : paths);
  const onReport = (scenario: string, reports: readonly SpanReport[]) => {
    explored[scenario] = reports;
  };
  const planned: PlannedAttempt[] = [];
  for (const { attempt, words } of circumstances) {
    const evidenceFolder = join(folder, 'scenarios', attempt.scenarioId);
    const place = { attempt, words, evidenceFolder };
    const again =
      words.command === 'explore'
        ? await explorationsAgain(loaded, place, onReport)
        : [await planAgain(loaded, words, { nameThen: attempt.name, evidenceFolder })];
    planned.push(...again.map((one) => ({ ...place, ...one })));
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

function againSentence({ run, folder }: FoundRun, planned: readonly PlannedAttempt[]): string {
  const ids = [...new Set(planned.map(({ attempt }) => attempt.scenarioId))].join(', ');
  return `runs again, of run ${run.runId} (${relative(process.cwd(), folder) || '.'}): ${ids}`;
}

function differenceNotes(differences: readonly string[]): string[] {
  if (differences.length > 0) return differences.map((difference) => `not as then: ${difference}`);
  return ['sources, images, Assay, QEMU, Node, accelerator and host are as they were then'];
}

interface Concluded {
  found: FoundRun;
  planned: readonly PlannedAttempt[];
  /** Differences. */
  before: readonly string[];
  explored: Explored;
  shrinking: Shrinking | undefined;
}

async function conclude(
  { found, planned, before, explored, shrinking }: Concluded,
  { run, runFolder }: RunResult,
): Promise<RunConclusion> {
  const scenarios = planned.map(({ attempt, loaded }) => outcomeAgain(attempt, run, loaded.scenario.name));
  const after: string[] = [];
  for (const [index, { attempt, evidenceFolder, words }] of planned.entries()) {
    const [first] = scenarios[index]!.again;
    // Disks of an exploration are states of a recording: others than those of then, and that is right.
    if (first === undefined || words.command === 'explore') continue;
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
  const spans = Object.values(explored).map(spanReportText).join('');
  return {
    text: `${spans}\n${lines.join('\n')}\n`,
    json: {
      rerun: { runId: found.run.runId, differences: { before, after }, scenarios },
      ...(spans === '' ? {} : { explored }),
      ...shrinking?.conclusion.json,
    },
  };
}

function sayNothing({ run }: FoundRun, note: string, json: boolean): number {
  process.stderr.write(`${note}\n`);
  const counts = { passed: 0, failed: 0, errored: 0, skipped: 0, flaky: 0 };
  const nothing = { runId: run.runId, differences: { before: [], after: [] }, scenarios: [] };
  if (json)
    process.stdout.write(`${JSON.stringify({ notes: [note], counts, scenarios: [], rerun: nothing })}\n`);
  return exitCodes.passed;
}
