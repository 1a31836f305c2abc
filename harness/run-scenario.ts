import { mkdir, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { Deadline, errorMessage } from '../foundation/index.ts';
import type { NewEvent } from '../reports/index.ts';
import { heldUp, type Machine } from '../vm/index.ts';
import { CleanupStack } from './cleanup-stack.ts';
import { createBench } from './create-bench.ts';
import { describeFailure } from './describe-failure.ts';
import { harnessErrors } from './errors.ts';
import { fileError } from './file-errors.ts';
import { HostStrain } from './host-strain.ts';
import { atItsPlace, judge, unfold, type Verdict } from './judge.ts';
import type { ConsoleView, Machines } from './machines.ts';
import { type PauseListener, type PausePlace, pauseAtFailure } from './pause-at-failure.ts';
import { keepAttemptInputs } from './rerun/attempt-inputs.ts';
import type { Scenario } from './scenario.ts';
import type { Attempt, AttemptResult } from './scenario-attempt.ts';
import { ScenarioJournal } from './scenario-journal.ts';
import { withStrayErrorsTo } from './stray-errors.ts';

/** Is told how a machine's console can be looked at. */
export type ConsoleListener = (scenarioId: string, machine: string, view: ConsoleView) => void;

export interface ScenarioSurroundings {
  runFolder: string;
  runtimeFolder: string;
  timeoutScale: number;
  seed: string;
  /** Keep the work folder also when the scenario passes. */
  keep: boolean;
  /** Aborts when the run is interrupted; the reason is the error to report. */
  signal: AbortSignal;
  append: (event: NewEvent) => void;
  machines?: Machines;
  onConsole?: ConsoleListener;
  /** At the first failure of a scenario its machines stay up until this resolves. */
  onPause?: PauseListener;
  /** The command that runs this attempt again. */
  reproduce: string;
}

/** After an abort and the clean-ups, the body has this long to end by itself, so that its `finally` blocks run. */
const graceMs = 2_000;
const cleanupLimitMs = 60_000;

/** What is known about the attempt while it runs. */
interface Progress {
  machineAsked: boolean;
  consoles: { machine: string; view: ConsoleView }[];
  machines: Machine[];
  /** How long somebody looked at the machines after the failure, in milliseconds. */
  pausedMs?: number | undefined;
}

/**
 * Runs one scenario to its end, clean-up included, and records it. Never throws for what the scenario does; errors
 * of the event log and of the run folder come through, for they concern the run.
 */
export async function runScenario(attempt: Attempt, around: ScenarioSurroundings): Promise<AttemptResult> {
  const { id, scenario, file, repeat, attempt: count } = attempt;
  const evidenceFolder = join(around.runFolder, 'scenarios', id);
  const workFolder = join(evidenceFolder, 'work');
  const runtimeFolder = join(around.runtimeFolder, String(attempt.number));
  await makeFolders(workFolder, runtimeFolder);
  const begins = { scenarioId: id, name: scenario.name, file, repeat, attempt: count, drill: scenario.drill };
  around.append({ kind: 'scenario-started', ...begins, reproduce: around.reproduce });

  const journal = new ScenarioJournal(id, around.append);
  await keepAttemptInputs(evidenceFolder, file).catch((error: unknown) => {
    const text = `its inputs were not kept: ${errorMessage(error)}`;
    journal.emit({ kind: 'note', level: 'warning', text });
  });
  const cleanups = new CleanupStack(cleanupLimitMs * around.timeoutScale);
  const progress: Progress = { machineAsked: false, consoles: [], machines: [] };
  const ended = new AbortController();
  const signal = AbortSignal.any([around.signal, ended.signal]);
  const bench = createBench({
    ...{ journal, cleanups, signal, workFolder, evidenceFolder, runtimeFolder },
    runFolder: around.runFolder,
    timeoutScale: around.timeoutScale,
    seed: around.seed,
    machines: around.machines,
    offerConsole: (machine, view) => {
      progress.consoles.push({ machine, view });
      around.onConsole?.(id, machine, view);
    },
    machineAsked: () => {
      progress.machineAsked = true;
    },
    onMachine: (machine) => progress.machines.push(machine),
  });

  const failures: unknown[] = [];
  await withStrayErrorsTo(
    (error) => ended.abort(stray(error)),
    async () => {
      using strain = new HostStrain();
      const limitMs = scenario.timeoutMs * around.timeoutScale;
      const timer = setTimeout(
        () => ended.abort(outOfTime(scenario, limitMs, journal, progress, strain)),
        limitMs,
      );
      const body = (async () => scenario.body(bench))();
      try {
        await untilAborted(body, signal);
      } catch (error) {
        failures.push(error);
      } finally {
        clearTimeout(timer);
      }
      const place = { attempt, failures, machines: progress.machines, evidenceFolder, runtimeFolder };
      progress.pausedMs = await holdIfFailed(place, journal, around);
      failures.push(...(await cleanups.run()));
      if (!signal.aborted) return;
      // The end of its machines has ended its waits; how the body ends no longer matters, only that it has the time.
      await Deadline.after(graceMs)
        .race(body, 'wait for the body')
        .catch(() => {});
      failures.push(...(await cleanups.run()));
    },
  );
  // A stray error may come while the clean-ups run; an interruption then changes nothing any more.
  if (ended.signal.aborted && !failures.includes(ended.signal.reason)) failures.push(ended.signal.reason);
  return record(attempt, around, failures.flatMap(unfold), progress, {
    evidenceFolder,
    workFolder,
    runtimeFolder,
  });
}

async function makeFolders(workFolder: string, runtimeFolder: string): Promise<void> {
  try {
    await mkdir(workFolder, { recursive: true });
    await mkdir(runtimeFolder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw fileError(`make ${workFolder} and ${runtimeFolder}`, error);
  }
}

/** Waits for the body; when the signal aborts, its reason is the failure, whatever the body throws after it. */
async function untilAborted(body: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    await Promise.race([body, aborted.promise]);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener('abort', onAbort);
    // Nobody waits for it any more when the body has ended first.
    aborted.promise.catch(() => {});
  }
}

function stray(error: unknown): Error {
  const made = harnessErrors.HARNESS_STRAY_ERROR({ tried: 'run the scenario', got: String(error) }, error);
  return atItsPlace(error, made);
}

function outOfTime(
  scenario: Scenario,
  limitMs: number,
  journal: ScenarioJournal,
  progress: Progress,
  strain: HostStrain,
): Error {
  const steps = journal.openSteps;
  const facts = {
    tried: `run ${scenario.name}`,
    expected: `an end within ${limitMs} ms`,
    where: steps.length === 0 ? 'outside any step' : `step ${steps.map((step) => `"${step}"`).join(' > ')}`,
  };
  const held = progress.machines.map((machine) => heldUp(machine, strain.startMs)).filter(isText);
  const evidence = [strain.evidence(), ...held].filter(isText).join('; ') || undefined;
  const error =
    evidence !== undefined
      ? harnessErrors.HARNESS_SCENARIO_STALLED({ ...facts, got: evidence })
      : progress.machineAsked
        ? harnessErrors.HARNESS_SCENARIO_TIMEOUT(facts)
        : harnessErrors.HARNESS_SCENARIO_HUNG(facts);
  return atItsPlace(journal.openPlace, error);
}

function isText(text: string | undefined): text is string {
  return text !== undefined;
}

async function record(
  attempt: Attempt,
  around: ScenarioSurroundings,
  failures: readonly unknown[],
  progress: Progress,
  folders: { evidenceFolder: string; workFolder: string; runtimeFolder: string },
): Promise<AttemptResult> {
  const { id, scenario } = attempt;
  const verdict = verdictOf(failures);
  await rm(folders.runtimeFolder, { recursive: true, force: true });
  const removable = verdict.outcome === 'passed' || verdict.outcome === 'skipped';
  if (removable && !around.keep) await rm(folders.workFolder, { recursive: true, force: true });
  const unwell = isUnwell(verdict);
  around.append({
    kind: 'scenario-ended',
    scenarioId: id,
    outcome: verdict.outcome,
    reason: verdict.reason,
    ...(progress.pausedMs === undefined ? {} : { pausedMs: progress.pausedMs }),
    ...(unwell ? { error: describeFailure(failures), reproduce: around.reproduce } : {}),
    evidence: unwell ? [{ what: 'folder', path: relative(process.cwd(), folders.evidenceFolder) }] : [],
    consoleTails: unwell ? progress.consoles.map(tailOf) : [],
  });
  return { id, name: scenario.name, outcome: verdict.outcome };
}

/** The first failure decides; a skip or a pass that could not be cleaned up is an error of the harness. */
function verdictOf(failures: readonly unknown[]): Verdict {
  if (failures.length === 0) return { outcome: 'passed' };
  const verdict = judge(failures[0]);
  return verdict.outcome === 'skipped' && failures.length > 1 ? judge(failures[1]) : verdict;
}

/** Holds a failed scenario where that is asked for, in milliseconds; trouble with that is one more failure. */
async function holdIfFailed(
  place: PausePlace & { failures: unknown[] },
  journal: ScenarioJournal,
  { onPause, signal }: ScenarioSurroundings,
): Promise<number | undefined> {
  if (onPause === undefined || signal.aborted || !isUnwell(verdictOf(place.failures))) return undefined;
  try {
    return await pauseAtFailure(place, journal, onPause, signal);
  } catch (error) {
    place.failures.push(error);
    return undefined;
  }
}

function isUnwell({ outcome }: Verdict): boolean {
  return outcome === 'failed' || outcome === 'errored';
}

function tailOf({ machine, view }: Progress['consoles'][number]) {
  return { machine, lines: view.tail() };
}
