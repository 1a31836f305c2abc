import {
  loadScript,
  problemLine,
  type RunProgram,
  runScript,
  type Script,
  type ScriptResult,
  type StepKind,
} from '../script/index.ts';
import { endMachine } from '../script/steps/end-machine.ts';
import { failureWords } from '../script/steps/failure-words.ts';
import { type Journal, writeEvent } from './journal.ts';

export interface RunSurroundings extends Journal {
  kinds: readonly StepKind[];
  mediumFolder: string;
  runProgram: RunProgram;
  signal: AbortSignal;
  /** Ends the machine and never returns. */
  endMachine?: typeof endMachine;
}

/** What the shell script of the console is told. */
export const exitCodes = { ended: 0, invalid: 3, failed: 4, nothingFound: 10 } as const;

/**
 * Runs scripts one after the other, when every one of them is good from its first line to its last (spec R5). One that
 * fails is the last. The last one that ran says what becomes of the machine.
 *
 * @returns An exit code; does not return when the machine restarts or is switched off.
 */
export async function runScripts(paths: readonly string[], surroundings: RunSurroundings): Promise<number> {
  const scripts = await loadAll(paths, surroundings);
  if (scripts === undefined) return exitCodes.invalid;
  const { kinds, mediumFolder, signal, runProgram } = surroundings;
  let last: ScriptResult | undefined;
  for (const script of scripts) {
    const onEvent = (event: Parameters<typeof writeEvent>[0]) => writeEvent(event, surroundings);
    last = await runScript(script, { kinds, mediumFolder, onEvent, signal, runProgram });
    if (last.outcome === 'failed') break;
  }
  if (last === undefined) return exitCodes.nothingFound;
  // Whoever has given the scripts up wants the prompt.
  if (last.end !== 'prompt' && !signal.aborted) await leaveMachine(last.end, surroundings);
  return last.outcome === 'succeeded' && last.end === 'prompt' ? exitCodes.ended : exitCodes.failed;
}

/** Says everything that is wrong in any of them; then there are none. */
export async function loadAll(
  paths: readonly string[],
  { kinds, announce }: Pick<RunSurroundings, 'kinds' | 'announce'>,
): Promise<Script[] | undefined> {
  const loaded = await Promise.all(paths.map((path) => loadScript(path, kinds)));
  const problems = loaded.flatMap((one) => one.problems);
  for (const problem of problems) announce(`SCRIPT invalid ${problemLine(problem)}`);
  return problems.length === 0 ? loaded.flatMap(({ script }) => script ?? []) : undefined;
}

/** Restarts the machine or switches it off; returns only when that cannot be done, which it says. */
export async function leaveMachine(
  end: 'restart' | 'shut-down',
  surroundings: Pick<RunSurroundings, 'announce' | 'runProgram' | 'signal' | 'endMachine'>,
): Promise<void> {
  const { announce, signal } = surroundings;
  const runProgram = (name: string, words: readonly string[]) =>
    surroundings.runProgram(name, words, { signal });
  announce(`SESSION ${end}`);
  try {
    await (surroundings.endMachine ?? endMachine)(end, { runProgram, signal });
  } catch (error) {
    if (!signal.aborted) announce(`SESSION cannot ${end}: ${failureWords(error)}`);
  }
}
