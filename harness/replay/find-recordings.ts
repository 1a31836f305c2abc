import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { recordingFileName, recordingFolderName } from '../../vm/index.ts';
import { harnessErrors } from '../errors.ts';
import type { FoundRun } from '../find-run.ts';
import { chooseAttempts } from '../rerun/choose-attempts.ts';

/** One power-on of a machine of a run that was recorded. */
export interface FoundRecording {
  scenarioId: string;
  machine: string;
  /** Counted from 1. */
  powerOn: number;
  folder: string;
}

export interface WantedRecordings {
  /** Scenario attempts by their ids, or scenarios; all when there are none. */
  names: readonly string[];
  machine?: string;
  powerOn?: number;
}

/**
 * The recordings of a run that are meant, in the order in which they were made.
 *
 * @throws HARNESS_NOTHING_RECORDED, HARNESS_NAME_UNKNOWN
 */
export async function findRecordings(found: FoundRun, wanted: WantedRecordings): Promise<FoundRecording[]> {
  const attempts = chooseAttempts(found.run, wanted.names, true);
  const all: FoundRecording[] = [];
  for (const { scenarioId } of attempts) all.push(...(await recordingsOf(found.folder, scenarioId)));
  const { machine, powerOn } = wanted;
  const meant = all.filter(
    (one) =>
      (machine === undefined || one.machine === machine) &&
      (powerOn === undefined || one.powerOn === powerOn),
  );
  if (meant.length > 0) return meant;
  throw harnessErrors.HARNESS_NOTHING_RECORDED({
    tried: `find a recording in run ${found.run.runId}`,
    ...(all.length === 0 ? { got: 'none' } : { expected: all.map(recordingName).join(', ') }),
  });
}

/** `lifecycle alpha, power-on 2`. */
export function recordingName({ scenarioId, machine, powerOn }: FoundRecording): string {
  return `${scenarioId} ${machine}, power-on ${powerOn}`;
}

async function recordingsOf(runFolder: string, scenarioId: string): Promise<FoundRecording[]> {
  const evidenceFolder = join(runFolder, 'scenarios', scenarioId);
  const recordings: FoundRecording[] = [];
  for (const machine of await foldersIn(evidenceFolder)) {
    const names = await foldersIn(join(evidenceFolder, machine));
    // Power-ons without a recording leave gaps.
    const last = Math.max(0, ...names.map((name) => Number(/^recording-(\d+)$/.exec(name)?.[1] ?? 0)));
    for (let powerOn = 1; powerOn <= last; powerOn += 1) {
      const folder = join(evidenceFolder, machine, recordingFolderName(powerOn));
      if (await isThere(join(folder, recordingFileName))) {
        recordings.push({ scenarioId, machine, powerOn, folder });
      }
    }
  }
  return recordings;
}

async function foldersIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
