import { readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { eventLogName, type ReadEventLog, type Run, readEventLog, summariseRun } from '../reports/index.ts';
import { harnessErrors } from './errors.ts';
import { runsFolder } from './run-folder.ts';
import { isLive, readRunRecord, runFileName } from './run-record.ts';

/** A run of the past, or one that still goes on. */
export interface FoundRun {
  /** Absolute, without symbolic links. */
  folder: string;
  log: ReadEventLog;
  run: Run;
  /** Its runner still runs. */
  isLive: boolean;
}

const shownRuns = 5;

/**
 * Finds a run and reads its event log.
 *
 * @param word `latest` (the newest in `.assay/runs`), a run folder or its `events.jsonl`, or how the id of one run in
 * `.assay/runs` begins, from its first character or from the one after its time.
 * @throws HARNESS_RUN_UNKNOWN, and what `readEventLog` throws.
 */
export async function findRun(word: string): Promise<FoundRun> {
  const place = (await runAtPath(word)) ?? (await runById(word));
  const folder = await realpath(dirname(place));
  const log = await readEventLog(place);
  const record = await readRunRecord(folder, runFileName);
  const live = record !== undefined && isLive(record);
  return { folder, log, run: summariseRun(log, { goesOn: live }), isLive: live };
}

/** The event log, where the word is a path to one or to the folder that has one. */
async function runAtPath(word: string): Promise<string | undefined> {
  if (word === 'latest') return undefined;
  const entry = await stat(word).catch(() => undefined);
  if (entry?.isFile()) return resolve(word);
  if (entry?.isDirectory() && (word.includes('/') || (await isRunFolder(word)))) {
    return join(resolve(word), eventLogName);
  }
  return undefined;
}

async function isRunFolder(path: string): Promise<boolean> {
  return (await stat(join(path, eventLogName)).catch(() => undefined)) !== undefined;
}

async function runById(word: string): Promise<string> {
  const entries = (await readdir(runsFolder).catch(() => [])).filter((name) => !name.startsWith('.'));
  const ids = entries.filter((name) => name !== 'latest').sort();
  const matching = word === 'latest' ? entries.filter((name) => name === word) : ids.filter(isNamed(word));
  const [found, ...others] = matching;
  if (found !== undefined && others.length === 0 && (await isRunFolder(join(runsFolder, found)))) {
    return join(runsFolder, found, eventLogName);
  }
  throw harnessErrors.HARNESS_RUN_UNKNOWN({
    tried: `find the run ${word}`,
    where: resolve(runsFolder),
    ...(others.length > 0 ? { expected: 'one run whose id begins so' } : {}),
    got: gotInstead(matching, ids),
  });
}

/** `98bc`, where the id is 20261121T033610Z-98bc8768, is how people read it elsewhere, too. */
function isNamed(word: string): (id: string) => boolean {
  return (id) => id.startsWith(word) || id.slice(id.indexOf('-') + 1).startsWith(word);
}

function gotInstead(matching: readonly string[], ids: readonly string[]): string {
  if (matching.length > 1) return matching.join(', ');
  if (ids.length === 0) return 'no runs';
  return `${ids.length} runs, the newest: ${ids.slice(-shownRuns).join(', ')}`;
}
