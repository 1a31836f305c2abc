import { AssayError } from '../../foundation/index.ts';
import { decideStep } from './decide-step.ts';
import { formatDuration } from './duration.ts';
import { scriptErrors } from './errors.ts';
import { runProgram } from './run-program.ts';
import { runStep, type StepSurroundings } from './run-step.ts';
import type { Script, ScriptStep } from './script.ts';
import { type ScriptClock, systemClock } from './script-clock.ts';
import { describeFailure, type ScriptEvent } from './script-events.ts';
import type { ScriptResult, StepResult } from './script-result.ts';
import type { StepKind } from './step-kind.ts';

export interface ScriptOptions {
  /** Those with which the script was read. */
  kinds: readonly StepKind[];
  /** The folder under which the medium's own files lie, such as `/medium/assay`. */
  mediumFolder: string;
  /** Is told everything, in order; must not throw. */
  onEvent(event: ScriptEvent): void;
  /** Gives the script up: what runs is ended, the rest skipped. */
  signal?: AbortSignal;
  runProgram?: typeof runProgram;
  clock?: ScriptClock;
  /** How long a step whose time is over may take to end; then the script goes on without it. */
  graceMs?: number;
}

/**
 * Runs a script to its end (spec R5): every step as soon as those that it waits for have ended, if its conditions hold.
 * It never throws: what goes wrong is in the result, and in the events.
 */
export async function runScript(script: Script, options: ScriptOptions): Promise<ScriptResult> {
  const { clock = systemClock, onEvent } = options;
  const startMs = clock.nowMs();
  const surroundings: StepSurroundings = {
    kinds: new Map(options.kinds.map((kind) => [kind.name, kind])),
    mediumFolder: options.mediumFolder,
    runProgram: options.runProgram ?? runProgram,
    clock,
    graceMs: options.graceMs ?? 5000,
    emit: (event) => onEvent({ atMs: Math.round(clock.nowMs() - startMs), ...event }),
    runCalled: (called, signal, step) => runSteps(called, surroundings, signal, step),
  };
  return await runSteps(script, surroundings, options.signal ?? new AbortController().signal);
}

/** One script under way: the outermost, or one that a step calls. */
interface Run {
  script: Script;
  surroundings: StepSurroundings;
  /** Aborted when this script is ended. */
  signal: AbortSignal;
  /** The step that calls it, with those that called that one. */
  caller: string | undefined;
}

async function runSteps(
  script: Script,
  surroundings: StepSurroundings,
  outerSignal: AbortSignal,
  caller?: string,
): Promise<ScriptResult> {
  const { clock, emit } = surroundings;
  const { name, path, steps, timeLimitMs } = script;
  const startMs = clock.nowMs();
  const called = caller === undefined ? {} : { step: caller };
  emit({ type: 'script-started', script: name, path, ...called, steps: steps.map((step) => step.name) });
  const timeOver = new AbortController();
  const stopTimer =
    timeLimitMs === undefined
      ? () => {}
      : clock.after(timeLimitMs, () => timeOver.abort(timedOut(script, timeLimitMs)));
  const signal = AbortSignal.any([outerSignal, timeOver.signal]);
  const { results, firstError } = await runInOrder({ script, surroundings, signal, caller });
  stopTimer();
  const error = firstError ?? (signal.aborted ? reasonOf(signal, script) : undefined);
  const outcome = error === undefined ? 'succeeded' : 'failed';
  const end = outcome === 'succeeded' ? script.end : script.onFailure;
  const durationMs = Math.round(clock.nowMs() - startMs);
  emit({
    type: 'script-ended',
    script: name,
    ...called,
    outcome,
    ...(error !== undefined && { error: describeFailure(error) }),
    ...(caller === undefined && { end }),
    durationMs,
  });
  return { name, outcome, ...(error !== undefined && { error }), end, durationMs, steps: results };
}

async function runInOrder(run: Run): Promise<{ results: StepResult[]; firstError: unknown }> {
  const { steps } = run.script;
  const ended = new Map<string, StepResult>();
  const ends = new Map<string, Promise<void>>();
  let firstError: unknown;
  const settle = async (step: ScriptStep) => {
    // Steps stand behind those that they wait for, so these have their promises already.
    await Promise.all(step.waitsFor.map((name) => ends.get(name)));
    const result = await settleStep(run, step, ended);
    ended.set(step.name, result);
    if (result.outcome === 'failed' && !step.mayFail) firstError ??= result.error;
  };
  for (const step of steps) ends.set(step.name, settle(step));
  await Promise.all(ends.values());
  return { results: steps.map(({ name }) => ended.get(name)!), firstError };
}

/** Runs a step or skips it. Nothing is begun any more in a script that was ended, not even what runs always. */
async function settleStep(
  { script, surroundings, signal, caller }: Run,
  step: ScriptStep,
  ended: ReadonlyMap<string, StepResult>,
): Promise<StepResult> {
  const path = caller === undefined ? step.name : `${caller}/${step.name}`;
  const decision = signal.aborted
    ? { runs: false as const, reason: 'the script was ended before' }
    : decideStep(step, ended);
  if (decision.runs) {
    const whyEnded = () => reasonOf(signal, script);
    return await runStep(step, { script, path, signal, whyEnded }, surroundings);
  }
  const { name, mayFail } = step;
  const { reason } = decision;
  const skipped = { do: step.do, outcome: 'skipped' as const, reason, durationMs: 0 };
  surroundings.emit({ type: 'step-ended', step: path, ...skipped });
  return { name, mayFail, ...skipped };
}

function timedOut({ name, path }: Script, timeLimitMs: number): Error {
  return scriptErrors.SCRIPT_TIMED_OUT({
    tried: `run the script ${name}`,
    where: path,
    expected: `an end within ${formatDuration(timeLimitMs)}`,
  });
}

/** Why the script was ended: its own time, that of a step which called it, or whoever started it. */
function reasonOf({ reason }: AbortSignal, { name, path }: Script): unknown {
  if (reason instanceof AssayError) return reason;
  return scriptErrors.SCRIPT_GIVEN_UP({ tried: `run the script ${name}`, where: path }, reason);
}
