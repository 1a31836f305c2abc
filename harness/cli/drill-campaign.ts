import { randomBytes } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import {
  type CampaignFacts,
  countDecisiveOutcomes,
  drillTable,
  formatDuration,
} from '../../reports/index.ts';
import { readProfile } from '../appliance/profile.ts';
import type { DrillOptions } from '../drills/drilled-scenario.ts';
import { deliveredMatrix } from '../drills/matrix/delivered-matrix.ts';
import { type Campaign, planCampaign } from '../drills/matrix/plan-campaign.ts';
import { readMatrix } from '../drills/matrix/read-matrix.ts';
import { unfinishedDrills } from '../drills/matrix/unfinished-drills.ts';
import { harnessErrors } from '../errors.ts';
import { exitCodeOf, exitCodes } from '../exit-code.ts';
import { findRun } from '../find-run.ts';
import { type LoadedScenario, loadScenarios } from '../load-scenarios.ts';
import { runsFolder } from '../run-folder.ts';
import type { RunResult } from '../run-scenarios.ts';
import { selectScenarios } from '../select-scenarios.ts';
import { parseShard, shardOf } from '../shard.ts';
import type { Words } from './command.ts';
import { durationOption } from './duration-option.ts';
import { keptStartsFor } from './kept-starts-for.ts';
import { flag, positiveCount, text, texts, wholeNumber } from './option-values.ts';
import { type RunConclusion, runSelected } from './run-selected.ts';

const matrixSays = (what: string) => `a matrix says itself ${what}; docs/drills.md, "Campaigns", says how`;
const byRerun =
  '--resume goes on with a run of the matrix, `assay rerun RUN` runs again what failed, and --shrink with it shrinks that';

/** What a campaign does not take, and what there is in its place. */
const instead: Record<string, string> = {
  ...{ fault: matrixSays('which faults'), each: matrixSays('which faults make one plan') },
  ...{ controller: matrixSays('which controllers'), layout: matrixSays('which layouts') },
  ends: matrixSays('which of its entries end otherwise'),
  ...{ 'last-failed': byRerun, 'failed-in': byRerun, shrink: byRerun, 'any-failure': byRerun },
};

/**
 * `assay drill --matrix`: runs a campaign (spec H4).
 *
 * @returns the exit code; failures in quarantine do not count for it.
 * @throws HARNESS_USAGE, and what `readMatrix`, `planCampaign`, `findRun` and `unfinishedDrills` throw.
 */
export async function runCampaign(words: Words, wellWithinMs: number): Promise<number> {
  refuseOthers(words);
  const budgetMs = durationOption(words, 'budget');
  await using starts = keptStartsFor(words);
  const chosen = await chooseDrills(words, { wellWithinMs, starts });
  const { selected, seed, shard } = chosen;
  const facts = { ...chosen.facts, ...(budgetMs === undefined ? {} : { budgetMs: Math.round(budgetMs) }) };
  const note = campaignSentence(facts, selected.length);
  if (selected.length === 0) return sayNothingLeft(note, flag(words, 'json'));
  const result = await runSelected(
    { ...words, seed },
    {
      ...{ selected, shard, notes: [note], campaign: facts, budgetMs },
      repeat: positiveCount(words, 'repeat') ?? 1,
      retries: wholeNumber(words, 'retries') ?? 0,
      conclude: async (ended) => howToGoOn(ended, facts),
    },
  );
  const counts = countDecisiveOutcomes(result.run);
  return exitCodeOf({ ...result, counts, failOnFlaky: false });
}

function refuseOthers(words: Words): void {
  for (const [name, remedy] of Object.entries(instead)) {
    const given = words[name];
    if (given === undefined || given === false) continue;
    throw harnessErrors.HARNESS_USAGE({ tried: `use --${name} with --matrix`, remedy });
  }
}

interface ChosenDrills extends Pick<Campaign, 'facts'> {
  selected: LoadedScenario[];
  seed: string;
  shard?: ReturnType<typeof parseShard>;
}

async function chooseDrills(words: Words, options: Partial<DrillOptions>): Promise<ChosenDrills> {
  const shardText = text(words, 'shard');
  const shard = shardText === undefined ? undefined : parseShard(shardText);
  readProfile();
  const matrix = await readMatrix(text(words, 'matrix') || undefined);
  const resumed = text(words, 'resume');
  const found = resumed === undefined ? undefined : await findRun(resumed);
  if (found?.isLive) throw harnessErrors.HARNESS_RUN_LIVE({ tried: 'go on with it', got: found.run.runId });
  const seed = text(words, 'seed') ?? found?.run.seed ?? randomBytes(4).toString('hex');
  const paths = texts(words, 'scenarios');
  const loaded = await loadScenarios(paths.length === 0 ? undefined : paths);
  const { drills, facts } = planCampaign(matrix, loaded, { seed, ...options });
  const wanted = narrowed(words, loaded, drills);
  const unfinished = found === undefined ? undefined : unfinishedDrills(found.run, facts);
  const left = wanted.filter(({ scenario }) => unfinished === undefined || unfinished.has(scenario.name));
  return {
    selected: shard === undefined ? left : shardOf(left, shard),
    ...{ seed, facts: found === undefined ? facts : { ...facts, resumes: found.run.runId } },
    ...(shard && { shard }),
  };
}

/** By the scenarios without their faults. */
function narrowed(
  words: Words,
  loaded: readonly LoadedScenario[],
  drills: readonly LoadedScenario[],
): LoadedScenario[] {
  const inMatrix = new Set(drills.map(({ scenario }) => scenario.drill!.scenario));
  const wanted = selectScenarios(
    loaded.filter(({ scenario }) => inMatrix.has(scenario.name)),
    { names: texts(words, 'names'), grep: text(words, 'grep'), tags: texts(words, 'tag') },
  ).map(({ scenario }) => scenario.name);
  return drills.filter(({ scenario }) => wanted.includes(scenario.drill!.scenario));
}

function campaignSentence(
  { matrix, planDigest, drills, leftOut, resumes, budgetMs }: CampaignFacts,
  count: number,
) {
  const parts = [
    `${count} of ${drills} drills of ${matrix}, plan ${planDigest}`,
    ...(leftOut === 0 ? [] : [`${leftOut} combinations cannot be, and were left out`]),
    ...(resumes === undefined ? [] : [`what run ${resumes} did not come to`]),
    ...(budgetMs === undefined ? [] : [`none is begun after ${formatDuration(budgetMs)}`]),
  ];
  return parts.join('; ');
}

async function howToGoOn({ run, runFolder }: RunResult, { matrix }: CampaignFacts): Promise<RunConclusion> {
  const table = drillTable(run);
  if (table === undefined || table.begun === table.planned) return { text: '', json: {} };
  // Only runs in the usual folder are found by their ids.
  const place = dirname(resolve(runFolder)) === resolve(runsFolder) ? run.runId : runFolder;
  const file = matrix === deliveredMatrix ? '' : ` ${matrix}`;
  return { text: `go on with: assay drill --matrix${file} --resume ${place}\n`, json: {} };
}

function sayNothingLeft(note: string, json: boolean): number {
  process.stderr.write(`nothing to run: ${note}\n`);
  const counts = { passed: 0, failed: 0, errored: 0, skipped: 0, flaky: 0 };
  if (json) process.stdout.write(`${JSON.stringify({ notes: [note], counts, scenarios: [] })}\n`);
  return exitCodes.passed;
}
