import { formatDuration } from './duration.ts';
import { scriptErrors } from './errors.ts';
import type { RunProgram } from './run-program.ts';
import type { Script, ScriptStep } from './script.ts';
import type { ScriptClock } from './script-clock.ts';
import { describeFailure, type ScriptEvent } from './script-events.ts';
import type { ScriptResult, StepResult } from './script-result.ts';
import type { StepContext, StepFacts, StepKind } from './step-kind.ts';

type WithoutTime<Event> = Event extends unknown ? Omit<Event, 'atMs'> : never;

/** What all steps of a script and of those that it calls have in common. */
export interface StepSurroundings {
  kinds: ReadonlyMap<string, StepKind>;
  mediumFolder: string;
  runProgram: RunProgram;
  clock: ScriptClock;
  graceMs: number;
  emit(event: WithoutTime<ScriptEvent>): void;
  runCalled(script: Script, signal: AbortSignal, step: string): Promise<ScriptResult>;
}

/** Where a step stands. */
export interface StepPlace {
  script: Script;
  /** With the steps that call its script: `rest/copy`. */
  path: string;
  /** Aborted when the script is ended. */
  signal: AbortSignal;
  whyEnded(): unknown;
}

/** Runs one step to its end, or to that of its time. Never throws: its failure is in the result. */
export async function runStep(
  step: ScriptStep,
  place: StepPlace,
  surroundings: StepSurroundings,
): Promise<StepResult> {
  const { clock, emit } = surroundings;
  const startMs = clock.nowMs();
  emit({ type: 'step-started', step: place.path, do: step.do });
  const timeOver = new AbortController();
  const { timeLimitMs } = step;
  const stopTimer =
    timeLimitMs === undefined
      ? () => {}
      : clock.after(timeLimitMs, () => timeOver.abort(timedOut(step, place, timeLimitMs)));
  const signal = AbortSignal.any([place.signal, timeOver.signal]);
  const whyAborted = () => (signal.reason === timeOver.signal.reason ? signal.reason : place.whyEnded());
  const work = step.called
    ? callScript(step.called, signal, place.path, surroundings)
    : runKind(step, signal, place, surroundings);
  const done = await work;
  stopTimer();
  // What comes of a step whose time was over follows from that, and must not hide it.
  const error = signal.aborted ? whyAborted() : done.error;
  const outcome = error === undefined ? 'succeeded' : 'failed';
  const { facts, called } = done;
  const durationMs = Math.round(clock.nowMs() - startMs);
  const common = { do: step.do, outcome, ...(facts && { facts }), durationMs } as const;
  const failure = error === undefined ? {} : { error: describeFailure(error) };
  emit({ type: 'step-ended', step: place.path, ...common, ...failure });
  return {
    name: step.name,
    mayFail: step.mayFail,
    ...common,
    ...(error !== undefined && { error }),
    ...(called && { called }),
  };
}

/** `error` is there when it failed. */
interface Done {
  error?: unknown;
  facts?: StepFacts;
  called?: ScriptResult;
}

/** Needs no grace of its own: the called script's steps have theirs. */
async function callScript(
  script: Script,
  signal: AbortSignal,
  path: string,
  surroundings: StepSurroundings,
): Promise<Done> {
  const called = await surroundings.runCalled(script, signal, path);
  return { called, ...(called.outcome === 'failed' && { error: called.error }) };
}

async function runKind(
  step: ScriptStep,
  signal: AbortSignal,
  { script, path }: StepPlace,
  { kinds, mediumFolder, runProgram, clock, graceMs, emit }: StepSurroundings,
): Promise<Done> {
  let isOver = false;
  const log = (text: string) => {
    // A step that goes on after its end is no part of the script any more.
    if (!isOver) emit({ type: 'step-log', step: path, text });
  };
  const context: StepContext = {
    signal,
    scriptName: script.name,
    scriptFolder: script.folder,
    mediumFolder,
    log,
    runProgram: (name, words) => runProgram(name, words, { signal }),
  };
  const work = settled(kinds.get(step.do)!, step.options, context);
  const ended = await Promise.race([work, untilAborted(signal)]);
  if (ended !== undefined) {
    isOver = true;
    return ended;
  }
  const grace = Promise.withResolvers<undefined>();
  const stopTimer = clock.after(graceMs, () => grace.resolve(undefined));
  const late = await Promise.race([work, grace.promise]);
  stopTimer();
  if (late === undefined) log('it was told to end and does not; the script goes on without it');
  isOver = true;
  return late ?? {};
}

async function settled(kind: StepKind, options: unknown, context: StepContext): Promise<Done> {
  try {
    const facts = await kind.run(options, context);
    return facts === undefined ? {} : { facts };
  } catch (error) {
    // A step may throw what it likes, even nothing.
    return { error: error ?? new Error('the step failed without saying why') };
  }
}

function untilAborted(signal: AbortSignal): Promise<undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  if (signal.aborted) resolve(undefined);
  else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  return promise;
}

function timedOut({ name, do: kind }: ScriptStep, { script }: StepPlace, timeLimitMs: number): Error {
  return scriptErrors.SCRIPT_STEP_TIMED_OUT({
    tried: `run the step "${name}" (${kind})`,
    where: script.path,
    expected: `an end within ${formatDuration(timeLimitMs)}`,
  });
}
