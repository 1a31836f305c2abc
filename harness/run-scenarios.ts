import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import {
  type CampaignFacts,
  countOutcomes,
  EventLog,
  eventLogName,
  type NewEvent,
  type OutcomeCounts,
  type Run,
  type RunEvent,
  type RunFacts,
  RunFold,
} from '../reports/index.ts';
import { deepStacks } from './deep-stacks.ts';
import { type FurtherAttempts, furtherAttempts } from './further-attempts.ts';
import { hostFacts } from './host-facts.ts';
import { Interruption } from './interruption.ts';
import type { LoadedScenario } from './load-scenarios.ts';
import type { Machines } from './machines.ts';
import { ownVersion } from './own-version.ts';
import type { PauseListener } from './pause-at-failure.ts';
import { planAttempts } from './plan-attempts.ts';
import { runAttempts } from './run-attempts.ts';
import { createRunFolder, type RunFolder } from './run-folder.ts';
import type { ConsoleListener } from './run-scenario.ts';
import type { Shard } from './shard.ts';
import { catchStrayErrors } from './stray-errors.ts';
import { type SweptRun, sweepDeadRuns } from './sweep-dead-runs.ts';
import { writeReports } from './write-reports.ts';

/** What `runScenarios` runs, and how: the options of `assay run`. */
export interface RunOptions {
  selected: readonly LoadedScenario[];
  /** Scenarios at the same time, at most. */
  jobs: number;
  repeat: number;
  /** How often a scenario that failed or errored is tried again, at most; 0 by default. */
  retries?: number;
  /** Which part of a divided run this is. */
  shard?: Shard;
  /** After so long no scenario is begun any more; the others are recorded as never started. */
  budgetMs?: number;
  /** The matrix of drills that these are taken from, for the report. */
  campaign?: CampaignFacts;
  /** How the scenarios were chosen, for the report. */
  notes?: readonly string[];
  keep: boolean;
  timeoutScale: number;
  /** All machines run in virtual time: for the commands that run a scenario again. */
  virtualTime?: boolean;
  /** Drawn when it is not given. */
  seed?: string;
  /** The run folder; by default a new one below `.assay/runs`. */
  out?: string;
  /** What --scenarios named, for the commands that run a scenario again. */
  scenarioPaths?: readonly string[];
  argv: readonly string[];
  /** Of the command that this run is only a part of; by default the run takes Ctrl-C by itself. */
  interruption?: Interruption;
  /** Without it, a scenario that asks for a machine is errored. */
  machines?: Machines;
  /** How the machines are accelerated, for the report. */
  accelerator?: RunFacts['host']['accelerator'];
  /** Sees every event as it is recorded, and the run so far. */
  onEvent?: (event: RunEvent, fold: RunFold) => void;
  /** Is told how each machine's console can be looked at. */
  onConsole?: ConsoleListener;
  /** At the first failure of each scenario its machines stay up until this resolves. */
  onPause?: PauseListener;
  /** Is called when the selected scenarios have ended, and may run more in the same run. */
  further?: (more: FurtherAttempts) => Promise<void>;
}

/** How a run has ended. */
export interface RunResult {
  run: Run;
  counts: OutcomeCounts;
  interrupted: boolean;
  runFolder: string;
}

/**
 * Runs scenarios and writes their event log and reports (spec H3, H6). What dead runs left is swept first.
 *
 * @throws for what concerns the run and not one scenario: folders that cannot be made, a full disk.
 */
export async function runScenarios(options: RunOptions): Promise<RunResult> {
  const { swept } = await sweepDeadRuns();
  await using folder = await createRunFolder({ out: options.out, keep: options.keep });
  using interruption = new Interruption(() => whatMayBeLeft(folder), options.interruption);
  using _strays = catchStrayErrors();
  using _stacks = deepStacks();
  const attempts = planAttempts(options.selected, options.repeat);
  const seed = options.seed ?? randomBytes(4).toString('hex');
  using log = EventLog.create(join(folder.runFolder, eventLogName), {
    runId: folder.record.runId,
    argv: [...options.argv],
    assayVersion: await ownVersion(),
    seed,
    timeoutScale: options.timeoutScale,
    plannedScenarios: attempts.length,
    selected: options.selected.map(({ scenario }) => scenario.name),
    shard: options.shard,
    campaign: options.campaign,
    host: { ...(await hostFacts()), accelerator: options.accelerator },
  });
  const fold = new RunFold(log.firstEvent);
  options.onEvent?.(log.firstEvent, fold);
  const append = (event: NewEvent) => {
    const recorded = log.append(event);
    fold.apply(recorded);
    options.onEvent?.(recorded, fold);
  };
  for (const text of options.notes ?? []) append({ kind: 'note', text });
  for (const run of swept) append({ kind: 'note', text: sweptSentence(run) });

  const { runFolder, runtimeFolder } = folder;
  const { retries = 0 } = options;
  const around = { ...options, retries, seed, runFolder, runtimeFolder, signal: interruption.signal, append };
  await runAttempts(attempts, around);
  await options.further?.(furtherAttempts(fold, around));
  const counts = countOutcomes(fold.run);
  const { interrupted } = interruption;
  append({ kind: 'run-ended', counts, interrupted });
  await writeReports(fold.run, folder.runFolder);
  return { run: fold.run, counts, interrupted, runFolder: folder.runFolder };
}

function sweptSentence({ runId, deletedLogs }: SweptRun): string {
  const logs =
    deletedLogs.length === 0 ? '' : `, and these logs, for a secret was pending: ${deletedLogs.join(', ')}`;
  return `swept what run ${runId} left when it was killed${logs}`;
}

function whatMayBeLeft({ runtimeFolder, runFolder }: RunFolder): string {
  return (
    `Machines end with the runner. Sockets and locks may be left in ${runtimeFolder}, disks in ${runFolder}; ` +
    'the next start of assay sweeps them.'
  );
}
