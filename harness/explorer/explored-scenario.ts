import { join } from 'node:path';
import { writeFileDurably } from '../../foundation/index.ts';
import { explorationFileName } from '../../reports/index.ts';
import type { Bench } from '../bench.ts';
import type { DrillSubject } from '../drills/drill-subject.ts';
import { ScenarioSkipped } from '../judge.ts';
import type { Scenario } from '../scenario.ts';
import { StateBooter } from './boot-state.ts';
import { type CrashState, formatCrashState } from './crash-state.ts';
import { explorerErrors } from './errors.ts';
import { explorationText } from './exploration-text.ts';
import { ExploredSpan, type SpanBudget } from './explore-recording.ts';
import { ForkNames } from './fork-judging.ts';
import { type Recording, readRecording } from './recording.ts';
import { describeRepeat, repeatCommand } from './repeat-command.ts';
import type { Span } from './span.ts';
import type { ReportedState, SpanReport } from './span-report.ts';
import { WriteRecorder } from './write-recorder.ts';

/** What `assay explore` does with a scenario. */
export interface ExploreScenarioOptions extends SpanBudget {
  span: Span;
  /** The subject's name; by default the first one. */
  machine?: string;
  /** By default the machine's first disk. */
  disk?: string;
  /** A machine has to be back within this, before the time-out scale. */
  wellWithinMs: number;
  /** The folder of a recording that is explored, in place of a new one. */
  recordingFolder?: string;
  /** With a recording: only these states. */
  states?: readonly CrashState[];
  /** The words after `explore NAME` that say all this. */
  words: readonly string[];
  /** Is given the reports, also of an exploration that has failed. */
  onReport?: (scenario: string, reports: readonly SpanReport[]) => void;
}

/** For reading logs and making disks, beside the budget. */
const overheadMs = 10 * 60_000;

/**
 * A scenario whose power cuts are explored (design 7): it runs once as always, and what its machine writes is recorded; then
 * states that a power cut could have left are looked at, and machines are switched on with them, until the budget is over.
 */
export function exploredScenario(scenario: Scenario, options: ExploreScenarioOptions): Scenario {
  const { budgetMs, wellWithinMs, words } = options;
  return {
    ...scenario,
    name: `${scenario.name}--explored`,
    summary: `${scenario.summary}; and after every power cut`,
    tags: [...scenario.tags, 'explore'],
    timeoutMs: scenario.timeoutMs + budgetMs + 2 * wellWithinMs + overheadMs,
    command: ['explore', scenario.name, ...words],
    body: (bench) => exploreScenario(scenario, options, bench),
  };
}

async function exploreScenario(
  scenario: Scenario,
  options: ExploreScenarioOptions,
  bench: Bench,
): Promise<void> {
  const { states, recordingFolder, wellWithinMs } = options;
  const { subject, recordings } = await (recordingFolder === undefined
    ? record(scenario, options, bench)
    : recorded(scenario, recordingFolder, options, bench));
  const logs = recordings.flatMap(({ disks }) => disks.flatMap(({ logPath = [] }) => logPath));
  const booter = new StateBooter(bench, subject, wellWithinMs, new Set(logs));
  const forkNames = new ForkNames(subject.machine.name);
  const reports: SpanReport[] = [];
  const failures: ReportedState[] = [];
  let trouble: unknown;
  try {
    for (const recording of recordings) {
      const recordingPath = recordingFolder ?? folderOf(bench, recording);
      const commandFor = (state: string) => repeatCommand(scenario, recordingPath, state, bench);
      const place = {
        ...{ bench, subject, booter, forkNames, wellWithinMs },
        ...{ recording, recordingPath, commandFor },
      };
      const span = await ExploredSpan.read(place);
      if (states !== undefined) {
        for (const state of states) await span.repeat(asExplored(state));
        failures.push(...span.failures);
        continue;
      }
      const budgetMs = options.budgetMs / recordings.length;
      const report = await span.explore({ ...options, budgetMs });
      reports.push(report);
      failures.push(...report.failures);
      measure(bench, span.title, report);
      trouble ??= span.trouble ?? disagreementOf(report);
    }
  } finally {
    options.onReport?.(scenario.name, reports);
    if (states === undefined) await keepReports(bench, reports);
  }
  const listed = reports.reduce((sum, { failures }) => sum + failures.length, 0);
  const counted = reports.reduce((sum, { failureCount }) => sum + failureCount, 0);
  refuseFailures(failures, failures.length - listed + counted);
  // What the product is shown to do wrong counts more than what kept the rest from being shown.
  if (trouble !== undefined) throw trouble;
}

async function record(scenario: Scenario, options: ExploreScenarioOptions, bench: Bench) {
  const { span, machine, disk } = options;
  const recorder = new WriteRecorder(bench, {
    ...{ span, scenario: scenario.name, folder: recordingsFolder(bench) },
    ...(machine === undefined ? {} : { machine }),
    ...(disk === undefined ? {} : { disk }),
  });
  await bench.step('the scenario runs, and what it writes is recorded', async () => {
    await scenario.body(recorder.bench);
  });
  return await recorder.finish();
}

/** The scenario runs until it would switch its subject on: then the machine is there, and its disks are replaced. */
async function recorded(
  scenario: Scenario,
  folder: string,
  options: ExploreScenarioOptions,
  bench: Bench,
): Promise<{ subject: DrillSubject; recordings: readonly Recording[] }> {
  const recording = await readRecording(folder);
  const enough = new ScenarioSkipped('its machine is known; what it writes was recorded before');
  let subject: DrillSubject | undefined;
  let isRunning = true;
  const offer = (offered: DrillSubject) => {
    bench.subject(offered);
    if (subject !== undefined || offered.machine.name !== recording.machine) return;
    subject = offered;
    offered.machine.accompany({
      beforePowerOn: async () => {
        if (isRunning) throw enough;
      },
    });
  };
  try {
    await bench.step(`the scenario runs until ${recording.machine} is there`, () =>
      scenario.body({ ...bench, subject: offer }),
    );
  } catch (error) {
    if (error !== enough) throw error;
  }
  isRunning = false;
  if (subject !== undefined) return { subject, recordings: [recording] };
  const tried = describeRepeat(folder, options.states?.map(formatCrashState) ?? []);
  throw explorerErrors.EXPLORER_NO_SUBJECT({ tried, expected: `a subject named ${recording.machine}` });
}

function recordingsFolder(bench: Bench): string {
  return join(bench.workFolder, 'recordings');
}

function folderOf(bench: Bench, { powerOn }: Recording): string {
  return join(recordingsFolder(bench), `power-on-${powerOn}`);
}

function asExplored(state: CrashState) {
  return { number: 0, hash: '', state, firstPoint: state.point, strata: [], uniformDraws: 0 };
}

function measure(bench: Bench, title: string, report: SpanReport): void {
  const { witnesses, boots, forks, points, distinct } = report;
  bench.measure(`${title}: crash points`, points, 'points');
  bench.measure(`${title}: distinct`, distinct, 'states');
  bench.measure(`${title}: looked at`, witnesses.judged, 'states');
  bench.measure(`${title}: booted`, boots.tried, 'states');
  if (forks !== undefined) bench.measure(`${title}: in forks`, forks.judged, 'states');
}

async function keepReports(bench: Bench, spans: readonly SpanReport[]): Promise<void> {
  const path = join(bench.evidenceFolder, explorationFileName);
  await writeFileDurably(path, explorationText(bench.seed, spans));
  await bench.artifact(path, 'json');
}

/** A fork that says something else than a full boot was no sound stand-in: then others may have been none, either. */
function disagreementOf({ forks }: SpanReport): unknown {
  const [first] = forks?.disagreements ?? [];
  if (first === undefined) return undefined;
  return explorerErrors.EXPLORER_FORK_DISAGREES({
    tried: `confirm by a full boot what a fork had found in state ${first.state}`,
    expected: first.why,
    got: 'it came back',
    remedy: `${first.command} boots it once more`,
  });
}

/** @param count Of all; not every one is listed. */
function refuseFailures(failures: readonly ReportedState[], count: number): void {
  const [first] = failures;
  if (first === undefined) return;
  throw explorerErrors.EXPLORER_NOT_LEGAL({
    tried: 'come back from every state that a power cut may leave',
    expected: 'nothing that was promised is lost, and the product comes back',
    got: `${count === 1 ? '1 state' : `${count} states`}, first ${first.state}: ${first.why}`,
    remedy: `${first.command} makes the same disk and shows what the product does with it`,
  });
}
