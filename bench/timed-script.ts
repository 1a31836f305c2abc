import { writeFile } from 'node:fs/promises';
import { runTool } from '../foundation/index.ts';
import { benchErrors } from './errors.ts';

export interface TimedScript {
  /** Where the script is written, and stays. */
  scriptPath: string;
  /** Without the first line. It prints the start and the end as `$EPOCHREALTIME` gives them, and nothing else. */
  lines: readonly string[];
  /** What it does, for the error. */
  tried: string;
  expected?: string;
  signal?: AbortSignal;
}

/**
 * Runs a bash script that takes its own time, so that no start of a shell counts against it; the script is ended with
 * this process.
 *
 * @returns milliseconds from its start to its end.
 * @throws BENCH_NOT_MEASURED when the script fails, or prints something else.
 */
export async function runTimedScript({
  scriptPath,
  lines,
  tried,
  expected,
  signal,
}: TimedScript): Promise<number> {
  await writeFile(scriptPath, ['#!/usr/bin/env bash', ...lines, ''].join('\n'));
  const facts = { tried: `${tried} by ${scriptPath}`, where: scriptPath, expected };
  const { stdout } = await runTool('setpriv', ['--pdeathsig', 'TERM', '--', 'bash', scriptPath], {
    signal,
  }).catch((error: unknown) => {
    throw benchErrors.BENCH_NOT_MEASURED(facts, error);
  });
  const [startSeconds, endSeconds] = stdout.trim().split(' ').map(Number);
  const tookMs = (endSeconds! - startSeconds!) * 1000;
  if (!Number.isFinite(tookMs)) throw benchErrors.BENCH_NOT_MEASURED({ ...facts, got: stdout });
  return tookMs;
}
