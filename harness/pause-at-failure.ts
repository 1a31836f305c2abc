import { dirname, join, relative } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { EventError } from '../reports/index.ts';
import type { Machine } from '../vm/index.ts';
import { describeFailure } from './describe-failure.ts';
import type { Attempt } from './scenario-attempt.ts';
import type { ScenarioJournal } from './scenario-journal.ts';

/** A scenario that has failed and whose machines are still there, for whoever looks at them. */
export interface PausedScenario {
  name: string;
  error: EventError;
  /** Its evidence: a folder for each machine, and `work`. */
  evidenceFolder: string;
  machines: PausedMachine[];
}

export interface PausedMachine {
  name: string;
  isOn: boolean;
  /** Its whole name for `assay console`; only a machine that was on has a console. */
  console: string;
  /** What it has printed. */
  logPath: string;
  disks: { name: string; path: string }[];
}

/** Resolves when whoever looks at the machines has done; the signal ends that, too. */
export type PauseListener = (paused: PausedScenario, signal: AbortSignal) => Promise<void>;

/** What is there to look at. */
export interface PausePlace {
  attempt: Attempt;
  failures: readonly unknown[];
  machines: readonly Machine[];
  evidenceFolder: string;
  runtimeFolder: string;
}

/** A console's last bytes come within this time: who looks shall not see less than the failure. */
const settleMs = 50;

/**
 * Holds a scenario between its failure and its clean-up.
 *
 * @returns how long, in milliseconds.
 */
export async function pauseAtFailure(
  place: PausePlace,
  journal: ScenarioJournal,
  onPause: PauseListener,
  signal: AbortSignal,
): Promise<number> {
  const startMs = performance.now();
  journal.emit({ kind: 'note', text: 'paused at the failure: its machines stay up' });
  await setTimeout(settleMs);
  const { attempt, failures, machines, evidenceFolder } = place;
  const paused: PausedScenario = {
    name: attempt.scenario.name,
    error: describeFailure(failures),
    evidenceFolder,
    machines: machines.map((machine) => pausedMachine(machine, place)),
  };
  await onPause(paused, signal);
  const pausedMs = performance.now() - startMs;
  journal.emit({ kind: 'note', text: `paused for ${(pausedMs / 1000).toFixed(1)} s; now the clean-up` });
  return pausedMs;
}

function pausedMachine(machine: Machine, { runtimeFolder }: PausePlace): PausedMachine {
  // The runtime folder lies two levels below the root, and so do names of consoles: run/scenario/machine.
  const root = dirname(dirname(runtimeFolder));
  return {
    name: machine.name,
    isOn: machine.isOn,
    console: relative(root, join(runtimeFolder, machine.name)),
    logPath: join(machine.folder, 'console.log'),
    disks: machine.diskFiles,
  };
}
