import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { EventLog, eventLogName, type RunEvent } from '../reports/index.ts';
import { seededRandom } from './seeded-random.ts';
import { writeSyntheticConsole } from './synthetic-console.ts';
import { type SyntheticScenario, scenarioEvents } from './synthetic-scenario.ts';

export interface SyntheticRunOptions {
  machines: number;
  durationMs: number;
  /** Of the recordings that are floods. */
  floodBytes: number;
  seed: number;
}

export interface SyntheticRun {
  events: number;
  recordingsBytes: number;
}

const workers = 2;
const kibibyte = 1024;

/**
 * Writes the folder of a run that never was: an event log by the schema, and a recording for each machine. The same
 * options give the same run.
 */
export async function writeSyntheticRun(folder: string, options: SyntheticRunOptions): Promise<SyntheticRun> {
  const scenarios = planScenarios(options);
  const events = writeLog(join(folder, eventLogName), scenarios, options);
  for (const { scenarioId, castBytes, durationMs, random } of scenarios) {
    const machineFolder = join(folder, 'scenarios', scenarioId, 'alpha');
    await mkdir(machineFolder, { recursive: true });
    const castPath = join(machineFolder, 'console.cast');
    await writeSyntheticConsole({ castPath, castBytes, durationMs, random });
  }
  return { events, recordingsBytes: scenarios.reduce((sum, { castBytes }) => sum + castBytes, 0) };
}

/**
 * One machine each, two at a time. Of 100 scenarios six fail, three error, and three have a flood: one that failed and
 * two that passed. The other recordings have 200 to 500 KiB.
 */
export function planScenarios({
  machines,
  durationMs,
  floodBytes,
  seed,
}: SyntheticRunOptions): SyntheticScenario[] {
  const random = seededRandom(seed);
  const eachMs = durationMs / Math.ceil(machines / workers);
  return Array.from({ length: machines }, (_, index) => ({
    scenarioId: `scenario-${String(index + 1).padStart(3, '0')}`,
    startMs: Math.floor(index / workers) * eachMs + (index % workers) * 10,
    durationMs: eachMs * (0.9 + 0.05 * random()),
    outcome: index % 16 === 9 ? 'failed' : index % 45 === 7 ? 'errored' : 'passed',
    castBytes: index % 33 === 9 ? floodBytes : Math.round((200 + 300 * random()) * kibibyte),
    random,
  }));
}

/** Writes the log with a clock that stands where each event says. */
function writeLog(
  path: string,
  scenarios: readonly SyntheticScenario[],
  { durationMs }: SyntheticRunOptions,
): number {
  const events = scenarios.flatMap(scenarioEvents).sort((one, other) => one.atMs - other.atMs);
  let nowMs = 0;
  const facts = {
    runId: '20261121T000000Z-0badcafe',
    argv: ['run', '--jobs', String(workers)],
    seed: '0badcafe',
    timeoutScale: 1,
    plannedScenarios: scenarios.length,
    host: { cores: 2, memoryBytes: 24 * kibibyte ** 3, nodeVersion: '24.0.0', qemuVersion: '7.2.22' },
  };
  const startedAt = new Date('2026-11-21T00:00:00Z');
  using log = EventLog.create(path, facts, { monotonicMs: () => nowMs, wallClock: () => startedAt });
  for (const { atMs, event } of events) {
    nowMs = atMs;
    log.append(event);
  }
  nowMs = durationMs;
  log.append({ kind: 'run-ended', interrupted: false, counts: countsOf(scenarios) });
  return events.length + 2;
}

function countsOf(
  scenarios: readonly SyntheticScenario[],
): Extract<RunEvent, { kind: 'run-ended' }>['counts'] {
  const count = (wanted: SyntheticScenario['outcome']) =>
    scenarios.filter(({ outcome }) => outcome === wanted).length;
  return {
    passed: count('passed'),
    failed: count('failed'),
    errored: count('errored'),
    skipped: 0,
    flaky: 0,
  };
}
