import { lstat, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { runtimeRoots } from './run-owner.ts';
import { isLive, ownerFileName, type RunRecord, readRunRecord, runFileName } from './run-record.ts';

export interface SweptRun {
  runId: string;
  runtimeFolder: string;
  /** Console logs that were deleted: a secret had been typed there and not yet been taken out. */
  deletedLogs: string[];
}

export interface SweepResult {
  swept: SweptRun[];
  /** Folders that cannot be understood; they are left alone. */
  unreadable: string[];
}

/** A file of this name in a runtime folder lists logs, one absolute path a line, which may hold a secret. */
const secretMarker = 'console.secret-pending';
/** A runner needs far less to put its record into a folder that it has just made. */
const newFolderMs = 60_000;

/**
 * Removes what runs that were killed left behind: sockets, locks and overlays, and console logs in which a secret
 * was pending. A live run's folders are never touched; what cannot be understood is reported and left (design 12).
 */
export async function sweepDeadRuns(environment: NodeJS.ProcessEnv = process.env): Promise<SweepResult> {
  const result: SweepResult = { swept: [], unreadable: [] };
  for (const root of runtimeRoots(environment)) {
    for (const name of await ownEntries(root)) {
      await sweepOne(join(root, name), result);
    }
  }
  return result;
}

/** Runs that ended without taking their runtime folder along; nothing is changed. */
export async function findDeadRuns(environment: NodeJS.ProcessEnv = process.env): Promise<RunRecord[]> {
  return (await allRuns(environment)).filter((record) => !isLive(record));
}

/** Runs of this user that go on at this moment, wherever their folders lie. */
export async function findLiveRuns(environment: NodeJS.ProcessEnv = process.env): Promise<RunRecord[]> {
  return (await allRuns(environment)).filter(isLive);
}

async function allRuns(environment: NodeJS.ProcessEnv): Promise<RunRecord[]> {
  const folders = await Promise.all(
    runtimeRoots(environment).map(async (root) => (await ownEntries(root)).map((name) => join(root, name))),
  );
  const records = await Promise.all(folders.flat().map((folder) => readRunRecord(folder, ownerFileName)));
  return records.filter((record) => record !== undefined);
}

async function ownEntries(root: string): Promise<string[]> {
  try {
    const folder = await lstat(root);
    return folder.isDirectory() && folder.uid === process.getuid!() ? await readdir(root) : [];
  } catch {
    return [];
  }
}

async function sweepOne(folder: string, result: SweepResult): Promise<void> {
  const record = await readRunRecord(folder, ownerFileName);
  if (record === undefined) {
    if (!(await isRecent(folder))) result.unreadable.push(folder);
    return;
  }
  if (isLive(record)) return;
  const deletedLogs = await deletePendingSecrets(folder, record);
  await removeDisks(record);
  // Last, so that a sweep which is interrupted is done again by the next start.
  await rm(folder, { recursive: true, force: true });
  result.swept.push({ runId: record.runId, runtimeFolder: folder, deletedLogs });
}

async function isRecent(folder: string): Promise<boolean> {
  const entry = await lstat(folder).catch(() => undefined);
  return entry === undefined || Date.now() - entry.mtimeMs < newFolderMs;
}

async function deletePendingSecrets(folder: string, record: RunRecord): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const markers = entries.filter((entry) => entry.isFile() && entry.name.endsWith(secretMarker));
  const deleted: string[] = [];
  for (const marker of markers) {
    const listed = (await readFile(join(marker.parentPath, marker.name), 'utf8')).split('\n').filter(Boolean);
    for (const log of listed) {
      if (!(await liesIn(record.runFolder, log))) continue;
      await rm(log, { force: true });
      deleted.push(log);
    }
  }
  return deleted;
}

/** Only logs of the run itself are deleted, whatever a damaged marker lists. */
async function liesIn(runFolder: string, path: string): Promise<boolean> {
  try {
    return (await realpath(dirname(path))).startsWith((await realpath(runFolder)) + sep);
  } catch {
    return false;
  }
}

/** The disks of a killed run's scenarios; its event log and consoles stay for the report. */
async function removeDisks(record: RunRecord): Promise<void> {
  if (record.keep) return;
  const ofFolder = await readRunRecord(record.runFolder, runFileName);
  if (ofFolder?.runId !== record.runId) return;
  const scenarios = join(record.runFolder, 'scenarios');
  for (const id of await readdir(scenarios).catch(() => [])) {
    await rm(join(scenarios, id, 'work'), { recursive: true, force: true });
    const evidence = await readdir(join(scenarios, id), { recursive: true }).catch(() => []);
    for (const path of evidence.filter((name) => /\.(overlay\.qcow2|intercepted\.raw)$/.test(name))) {
      await rm(join(scenarios, id, path), { force: true });
    }
  }
}
