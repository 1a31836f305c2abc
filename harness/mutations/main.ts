// `npm run mutations`.
import { join } from 'node:path';
import { durabilitySteps } from '../../core/durability/durability-steps.ts';
import { writeFileDurably } from '../../foundation/index.ts';
import { printError } from '../cli/print-error.ts';
import { exitCodes } from '../exit-code.ts';
import { type MutationsCommand, readCommandLine } from './command-line.ts';
import { durabilityPage } from './durability-page.ts';
import { exploreRawTrial } from './explore-raw-trial.ts';
import { machineTrials } from './machine/all-trials.ts';
import { runMachineTrials } from './machine/run-machine-trials.ts';
import { rawTrials } from './raw-trials.ts';
import { keptResultsPath, mergeResults, readResults } from './results.ts';
import type { TrialOutcome } from './trial.ts';
import { describeOutcome, isAsKnown } from './verdict.ts';

const pagePath = join(import.meta.dirname, '..', '..', 'docs', 'durability.md');

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.exitCode = printError(error, { json: false });
}

async function main(words: readonly string[]): Promise<number> {
  const command = await readCommandLine(
    words,
    durabilitySteps,
    [...rawTrials, ...machineTrials].map(({ name }) => name),
  );
  if (command === undefined) return exitCodes.passed;
  if (command.list) {
    for (const { id, file, promise } of durabilitySteps) {
      process.stdout.write(`${id} (${file})\n    ${promise}\n`);
    }
    return exitCodes.passed;
  }
  const outcomes: TrialOutcome[] = [];
  const ending = new AbortController();
  process.once('SIGINT', () => ending.abort());
  try {
    await tryAll(command, ending.signal, async (outcome) => {
      outcomes.push(outcome);
      say(describeOutcome(outcome));
      // After each, so that what was found before a failure or a Ctrl-C counts.
      await keep(command, outcomes);
    });
  } catch (error) {
    if (!ending.signal.aborted) throw error;
    return exitCodes.interrupted;
  }
  if (command.json) process.stdout.write(`${JSON.stringify({ outcomes }, null, 2)}\n`);
  else process.stdout.write(outcomes.map((outcome) => `${describeOutcome(outcome)}\n`).join(''));
  return outcomes.every(isAsKnown) ? exitCodes.passed : exitCodes.productFailure;
}

async function tryAll(
  command: MutationsCommand,
  signal: AbortSignal,
  onOutcome: (outcome: TrialOutcome) => Promise<void>,
): Promise<void> {
  for (const { trial, step } of variationsOf(rawTrials, command)) {
    signal.throwIfAborted();
    await onOutcome(await exploreRawTrial(trial, step));
  }
  const inMachines = command.withoutMachines ? [] : variationsOf(machineTrials, command);
  if (inMachines.length === 0) return;
  const { timeoutScale } = command;
  await runMachineTrials(inMachines, { timeoutScale, signal, onOutcome, say });
}

async function keep({ out, docs }: MutationsCommand, outcomes: readonly TrialOutcome[]): Promise<void> {
  if (out !== undefined) await writeFileDurably(out, `${JSON.stringify(outcomes, null, 2)}\n`);
  if (!docs) return;
  const results = mergeResults(await readResults(), outcomes);
  await writeFileDurably(keptResultsPath, `${JSON.stringify(results, null, 2)}\n`);
  await writeFileDurably(pagePath, durabilityPage(results));
}

/** Each trial whole, and without each step that was asked for. */
function variationsOf<Trial extends { name: string; steps: readonly string[] }>(
  trials: readonly Trial[],
  { steps: wanted, trials: chosen }: MutationsCommand,
): { trial: Trial; step: string | null }[] {
  return trials.flatMap((trial) => {
    if (chosen !== undefined && !chosen.includes(trial.name)) return [];
    const steps = trial.steps.filter((step) => wanted === undefined || wanted.includes(step));
    if (steps.length === 0 && (wanted !== undefined || trial.steps.length > 0)) return [];
    return [null, ...steps].map((step) => ({ trial, step }));
  });
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
