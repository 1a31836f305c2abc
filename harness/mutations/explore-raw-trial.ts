import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Acknowledgement } from '../explorer/acknowledgements.ts';
import { exploreStates } from '../explorer/explore-states.ts';
import { type Judge, judgeStates } from '../explorer/judge-states.ts';
import { readWriteHistory } from '../explorer/write-history.ts';
import { leavingOut } from './leave-out.ts';
import { RecordedDisk } from './recorded-disk.ts';
import type { RawJudge, RawTrial, TrialOutcome } from './trial.ts';

/**
 * Runs a function of the core on a disk in memory and explores every power cut. Deterministic.
 *
 * @param step What is left out; null for nothing.
 */
export async function exploreRawTrial(trial: RawTrial, step: string | null): Promise<TrialOutcome> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-mutations-'));
  try {
    const { base, act, judge } = await trial.make(folder);
    const disk = new RecordedDisk(base);
    const leftOut = await leavingOut(step, () => act(disk));
    const places = { basePath: join(folder, 'base.raw'), logPath: join(folder, 'writes.log') };
    await writeFile(places.basePath, base);
    await writeFile(places.logPath, disk.log);
    const { acknowledgements } = disk;
    const maxFailures = step === null ? Infinity : 1;
    const found = await exploreLog({ ...places, acknowledgements, maxFailures }, judgeOf(judge));
    return { trial: trial.name, step, leftOut, ...found };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export interface ExploredLog {
  basePath: string;
  logPath: string;
  acknowledgements: readonly Acknowledgement[];
  tearUnitSectors?: number;
  uniformDraws?: number;
  /** At each point, of how many writes the loss is tried one by one. */
  maxSingleLosses?: number;
  /** States that only cuts before this length of the log leave are passed over. */
  fromBytes?: number;
  /** Ends after so many failures. */
  maxFailures?: number;
}

/** What the explorer finds in a log of writes. */
export async function exploreLog(
  log: ExploredLog,
  judge: Judge,
): Promise<Omit<TrialOutcome, 'trial' | 'step' | 'leftOut'>> {
  const { basePath, logPath, acknowledgements, fromBytes = 0, maxFailures } = log;
  const { uniformDraws = 100, tearUnitSectors = 1, maxSingleLosses = 256 } = log;
  const history = await readWriteHistory(basePath, logPath);
  const exploration = exploreStates(history, { uniformDraws, tearUnitSectors, maxSingleLosses });
  const { judgedCount, failures } = await judgeStates(exploration, {
    judges: [judge],
    acknowledgements,
    fromPoint: history.entries.filter(({ endOffsetBytes }) => endOffsetBytes <= fromBytes).length,
    ...(maxFailures === undefined ? {} : { maxFailures }),
  });
  const first = failures[0];
  const report = first?.verdicts.find(({ outcome }) => outcome !== 'sound')?.report ?? '';
  return {
    points: exploration.pointCount,
    states: exploration.distinctCount,
    judged: judgedCount,
    failures: failures.length,
    ...(first === undefined ? {} : { caughtBy: { state: first.identity, report } }),
  };
}

function judgeOf(judge: RawJudge): Judge {
  return async ({ path, acknowledged }) => {
    const report = judge(
      await readFile(path),
      acknowledged.map(({ label }) => label),
    );
    return report === undefined
      ? { judge: 'promises', outcome: 'sound' }
      : { judge: 'promises', outcome: 'lost', report };
  };
}
