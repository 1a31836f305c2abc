import { readFile, stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { z } from 'zod';
import { errorMessage } from '../../foundation/index.ts';
import { explorationFileName, type ScenarioRun } from '../../reports/index.ts';
import { harnessErrors } from '../errors.ts';
import { type ExploreScenarioOptions, exploredScenario } from '../explorer/explored-scenario.ts';
import type { LoadedScenario } from '../load-scenarios.ts';
import { findAgain, type PlannedAgain } from '../rerun/planned-again.ts';
import type { ReproduceWords } from '../rerun/read-reproduce-command.ts';
import type { Words } from './command.ts';
import { exploreOptions } from './explore-options.ts';

/** Of `explore.json`, what is repeated. */
const reportSchema = z.looseObject({
  spans: z.array(
    z.looseObject({
      powerOn: z.int().positive(),
      recordingPath: z.string(),
      failures: z.array(z.looseObject({ state: z.string() })),
    }),
  ),
});

interface FailingStates {
  recordingFolder: string;
  powerOn: number;
  states: string[];
}

interface ExploredAttempt {
  attempt: ScenarioRun;
  words: ReproduceWords;
  /** The attempt's: it holds what was found, and the recordings where they were kept. */
  evidenceFolder: string;
}

/**
 * The failing states of an exploration from its recordings, one scenario for each recording; the whole exploration where no state
 * failed.
 *
 * @throws HARNESS_NOT_RERUNNABLE where states failed and their recording is gone, or what was found cannot be read;
 * HARNESS_NAME_UNKNOWN where the scenario is gone.
 */
export async function explorationsAgain(
  loaded: readonly LoadedScenario[],
  { attempt, words, evidenceFolder }: ExploredAttempt,
  onReport: ExploreScenarioOptions['onReport'],
): Promise<PlannedAgain[]> {
  const { scenario, file } = findAgain(loaded, words.name, attempt.name);
  const { explore = {}, name } = words;
  const planned = (told: Words, nameNow = attempt.name): PlannedAgain => {
    const explored = exploredScenario(scenario, { ...exploreOptions(told), ...(onReport && { onReport }) });
    return { loaded: { scenario: { ...explored, name: nameNow }, file }, differences: [] };
  };
  if (typeof explore.recording === 'string') {
    await refuseGone(resolve(explore.recording), attempt, `assay explore ${name}`);
    // Its own name tells it from the attempts that repeat other recordings of the same scenario.
    return [planned(explore)];
  }
  const failing = await failingStates(evidenceFolder);
  for (const { recordingFolder } of failing) await refuseGone(recordingFolder, attempt, attempt.reproduce);
  if (failing.length === 0) return [planned(explore)];
  return failing.map(({ recordingFolder, powerOn, states }) => {
    const recording = relative(process.cwd(), recordingFolder) || '.';
    return planned(
      { ...explore, recording, state: states },
      failing.length === 1 ? attempt.name : `${attempt.name}-power-on-${powerOn}`,
    );
  });
}

/** None where none failed, or the exploration ended before it kept what it had found. */
async function failingStates(evidenceFolder: string): Promise<FailingStates[]> {
  const spans = await readSpans(join(evidenceFolder, explorationFileName));
  const failing = spans.filter(({ failures }) => failures.length > 0);
  return await Promise.all(
    failing.map(async ({ powerOn, recordingPath, failures }) => {
      // The run folder may have been moved since.
      const beside = join(evidenceFolder, 'work/recordings', `power-on-${powerOn}`);
      const recordingFolder = (await isRecording(beside)) ? beside : resolve(recordingPath);
      return { recordingFolder, powerOn, states: failures.map(({ state }) => state) };
    }),
  );
}

/** None where there is no such file. @throws HARNESS_NOT_RERUNNABLE where it is another one than `assay explore` keeps. */
async function readSpans(path: string): Promise<z.output<typeof reportSchema>['spans']> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return [];
  try {
    return reportSchema.parse(JSON.parse(text)).spans;
  } catch (error) {
    const facts = {
      ...{ tried: 'read which states failed', where: path, got: errorMessage(error) },
      expected: 'what `assay explore` has found, as JSON',
      remedy: 'it is not as Assay wrote it: take it from where the run was made, or explore anew',
    };
    throw harnessErrors.HARNESS_NOT_RERUNNABLE(facts, error);
  }
}

async function refuseGone(folder: string, { scenarioId }: ScenarioRun, anew = ''): Promise<void> {
  if (await isRecording(folder)) return;
  throw harnessErrors.HARNESS_NOT_RERUNNABLE({
    tried: `repeat the states of ${scenarioId} that failed`,
    where: folder,
    expected: 'the recording of what was written, from which their disks are made',
    got: 'it is gone: the work folder was removed, or lies elsewhere',
    remedy: `record and explore it anew, with other writes than then: ${anew}`,
  });
}

async function isRecording(folder: string): Promise<boolean> {
  return (await stat(join(folder, 'recording.json')).catch(() => undefined)) !== undefined;
}
