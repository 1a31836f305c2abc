import { relative } from 'node:path';
import type { Options } from 'yargs';
import { countOutcomes, countsSentence } from '../../reports/index.ts';
import { readProfile } from '../appliance/profile.ts';
import { harnessErrors } from '../errors.ts';
import { type FoundRun, findRun } from '../find-run.ts';
import { unprovenScenarios } from '../last-failed.ts';
import { type LoadedScenario, loadScenarios } from '../load-scenarios.ts';
import { selectScenarios } from '../select-scenarios.ts';
import { parseShard, type Shard, shardOf } from '../shard.ts';
import type { Words } from './command.ts';
import { flag, text, texts } from './option-values.ts';

/** What `run` and `list` share: which scenarios. */
export const selectionOptions: Record<string, Options> = {
  scenarios: {
    type: 'array',
    string: true,
    requiresArg: true,
    describe: 'a folder of scenarios or a scenario file, may be repeated (default: scenarios)',
  },
  grep: { type: 'string', requiresArg: true, describe: 'a regular expression on name and summary' },
  tag: {
    type: 'array',
    string: true,
    requiresArg: true,
    describe: 'scenarios with this tag, may be repeated',
  },
  'last-failed': {
    type: 'boolean',
    describe: 'those that failed, errored or were not reached in the last run here',
  },
  'failed-in': {
    type: 'string',
    requiresArg: true,
    describe: 'the same of another run: its id, or its folder',
  },
  shard: {
    type: 'string',
    requiresArg: true,
    describe: 'one part of them, 1/3 to 3/3: every host divides alike',
  },
};

/** Which scenarios, and how it came to them. */
export interface ScenarioChoice {
  selected: LoadedScenario[];
  shard?: Shard;
  /** A sentence for each narrowing that is not plain from the command line. */
  notes: string[];
  /** The run whose failures were asked for. */
  lastRunId?: string;
}

/**
 * Loads and selects what the words say: names, --grep and --tag first, then what failed before, then the shard.
 * None may be left by the last two, and that is no error.
 *
 * @throws HARNESS_USAGE, HARNESS_RUN_LIVE, and what `loadScenarios`, `selectScenarios` and `findRun` throw.
 */
export async function chooseScenarios(words: Words): Promise<ScenarioChoice> {
  const shardText = text(words, 'shard');
  const shard = shardText === undefined ? undefined : parseShard(shardText);
  // Wrong in it is wrong use, better said before anything runs.
  readProfile();
  const paths = texts(words, 'scenarios');
  const loaded = await loadScenarios(paths.length === 0 ? undefined : paths);
  const wanted = selectScenarios(loaded, {
    names: texts(words, 'names'),
    grep: text(words, 'grep'),
    tags: texts(words, 'tag'),
  });
  const choice = await withFailedOnly(words, loaded, { selected: wanted, notes: [] });
  return shard === undefined ? choice : withShardOnly(choice, shard);
}

async function withFailedOnly(
  words: Words,
  loaded: readonly LoadedScenario[],
  choice: ScenarioChoice,
): Promise<ScenarioChoice> {
  const word = text(words, 'failed-in') ?? (flag(words, 'last-failed') ? 'latest' : undefined);
  if (word === undefined) return choice;
  const found = await findRun(word);
  const { run } = found;
  if (found.isLive) throw harnessErrors.HARNESS_RUN_LIVE({ tried: 'select what failed', got: run.runId });
  const unproven = new Set(unprovenScenarios(run));
  const selected = choice.selected.filter(({ scenario }) => unproven.has(scenario.name));
  const known = new Set(loaded.map(({ scenario }) => scenario.name));
  const gone = [...unproven].filter((name) => !known.has(name));
  if (selected.length === 0 && gone.length > 0) {
    throw harnessErrors.HARNESS_NOTHING_SELECTED({
      tried: `select what failed in ${runLabel(found)}`,
      got: `${gone.join(', ')}: not among the ${loaded.length} scenarios that are here`,
      remedy: 'where they were renamed, run them by their new names',
    });
  }
  const missing = gone.length === 0 ? [] : [`not here any more, though it failed then: ${gone.join(', ')}`];
  const notes = [failedSentence(found, selected, choice.selected.length), ...missing];
  return { selected, notes, lastRunId: run.runId };
}

function failedSentence(found: FoundRun, selected: readonly LoadedScenario[], among: number): string {
  const ended = `${runLabel(found)} (${countsSentence(countOutcomes(found.run))})`;
  if (selected.length === 0) return `nothing to run: of ${counted(among)}, none failed in ${ended}`;
  const names = selected.map(({ scenario }) => scenario.name);
  return `${selected.length} of ${counted(among)}, by what failed in ${ended}: ${names.join(', ')}`;
}

function runLabel({ run, folder }: FoundRun): string {
  return `run ${run.runId}, ${relative(process.cwd(), folder) || '.'}`;
}

function withShardOnly(choice: ScenarioChoice, shard: Shard): ScenarioChoice {
  const selected = shardOf(choice.selected, shard);
  const part = `shard ${shard.number}/${shard.of}`;
  const note =
    selected.length === 0
      ? `${part}: nothing to run, the other shards have ${counted(choice.selected.length)}`
      : `${part}: ${selected.length} of ${counted(choice.selected.length)}`;
  // Where nothing failed before, that is all there is to say.
  const notes = choice.selected.length === 0 ? choice.notes : [...choice.notes, note];
  return { ...choice, selected, shard, notes };
}

function counted(count: number): string {
  return count === 1 ? '1 scenario' : `${count} scenarios`;
}
