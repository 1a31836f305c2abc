import type { CampaignFacts, DrillFacts } from './drill-facts.ts';
import type { EventError, Outcome, RunEventOf, StepCategory } from './events.ts';

type Happening<Kind extends 'check' | 'fault' | 'measure' | 'note' | 'artifact' | 'disk-map' | 'console'> =
  Omit<RunEventOf<Kind>, 'kind' | 'scenarioId'>;

/** What one run was, folded from its events; plain data, and as such the JSON report. Times are since the run's start. */
export interface Run {
  runId: string;
  startedAt: string;
  argv: string[];
  seed: string;
  timeoutScale: number;
  assayVersion?: string;
  plannedScenarios?: number;
  /** The names of the scenarios that were selected, each once. */
  selected?: string[];
  /** Which part of a divided run this is; counts from 1. */
  shard?: { number: number; of: number };
  /** The matrix of drills that the scenarios are taken from. */
  campaign?: CampaignFacts;
  host: RunEventOf<'run-started'>['host'];
  /** `broken-off`: the log ends without run-ended, the runner died. */
  state: 'running' | 'ended' | 'interrupted' | 'broken-off';
  durationMs: number;
  /** What ended the run itself, when it was not its scenarios. */
  error?: EventError;
  /** Every attempt, in the order they started. */
  scenarios: ScenarioRun[];
  /** What belonged to no scenario (`assay console`, builds before the first scenario). */
  outside: Happenings;
  /** What a reader of a report must know about the log itself. */
  warnings: string[];
}

/** What was recorded beside steps, in order of time. */
export interface Happenings {
  machines: MachineRun[];
  checks: Happening<'check'>[];
  faults: Happening<'fault'>[];
  measures: Happening<'measure'>[];
  notes: Happening<'note'>[];
  artifacts: Happening<'artifact'>[];
  /** What lay on each disk of each machine, before and after. */
  diskMaps: Happening<'disk-map'>[];
  /** Console events that a person wants to see: time-outs, panics, floods. */
  consoleAlarms: Happening<'console'>[];
}

export interface ScenarioRun extends Happenings {
  scenarioId: string;
  name: string;
  file: string;
  repeat: number;
  attempt: number;
  /** False where a later attempt of the same repeat decided. */
  isFinal: boolean;
  /** It passed, and an earlier attempt of the same repeat failed or errored. */
  isFlaky: boolean;
  startedAtMs: number;
  /** Up to the newest event while it runs; without the time that it was paused. */
  durationMs: number;
  pausedMs?: number;
  /** Undefined while it runs. */
  outcome?: Outcome;
  /** Skipped since the run was ended before it began. */
  neverStarted?: boolean;
  reason?: string;
  error?: EventError;
  reproduce?: string;
  drill?: DrillRun;
  evidence: { what: string; path: string }[];
  consoleTails: { machine: string; lines: string[] }[];
  steps: StepRun[];
}

/** The faults that a scenario ran under, and how long its machines took to be well again. */
export interface DrillRun extends DrillFacts {
  /** From when the faults were stopped until the last of the machines was well; none where one was not. */
  recoveryMs?: number;
}

export interface StepRun {
  stepId: string;
  sentence: string;
  category: StepCategory;
  machine?: string;
  startedAtMs: number;
  durationMs: number;
  /** Undefined while it runs. */
  outcome?: Outcome;
  error?: EventError;
  /** Steps inside this one. */
  steps: StepRun[];
}

export interface MachineRun {
  machine: string;
  hardware: string;
  qemuPid: number;
  startedAtMs: number;
  durationMs: number;
  /** Undefined while it runs. */
  how?: RunEventOf<'machine-ended'>['how'];
  detail?: string;
  power: { atMs: number; action: RunEventOf<'power'>['action'] }[];
}

/** How many scenarios ended how; each counts once, and flaky ones are not among the passed. */
export interface OutcomeCounts {
  passed: number;
  failed: number;
  errored: number;
  skipped: number;
  flaky: number;
}
