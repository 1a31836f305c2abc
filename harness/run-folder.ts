import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { writeFileDurably } from '../foundation/index.ts';
import { harnessErrors } from './errors.ts';
import { fileError } from './file-errors.ts';
import { ownIdentity } from './process-identity.ts';
import { chooseRuntimeRoot, createRuntimeFolder } from './run-owner.ts';
import { type RunRecord, runFileName } from './run-record.ts';

/** Where runs lie, seen from the folder that the user stands in. */
export const runsFolder = '.assay/runs';

export interface RunFolder extends AsyncDisposable {
  readonly record: RunRecord;
  readonly runFolder: string;
  readonly runtimeFolder: string;
}

/**
 * Makes a run's folder and its runtime folder, with the record of who owns them. Disposing removes the runtime
 * folder; the run folder stays.
 *
 * @param out The run folder, when the user names one (absent or empty); else `.assay/runs/TIME-ID`, to which
 * `.assay/runs/latest` then points.
 * @throws HARNESS_FOLDER_UNUSABLE, HARNESS_RUNTIME_FOLDER_FOREIGN
 */
export async function createRunFolder(options: { out?: string; keep: boolean }): Promise<RunFolder> {
  const startedAt = new Date().toISOString();
  const runId = newRunId(startedAt);
  const shortId = runId.slice(runId.indexOf('-') + 1);
  const path = resolve(options.out ?? join(runsFolder, runId));
  const runtimeFolder = join(await chooseRuntimeRoot(), shortId);
  const { keep } = options;
  const record: RunRecord = {
    version: 1,
    runId,
    startedAt,
    owner: ownIdentity(),
    runFolder: path,
    runtimeFolder,
    keep,
  };
  await createRuntimeFolder(record);
  try {
    await makeRunFolder(path, record);
    if (options.out === undefined) await pointLatestTo(path);
  } catch (error) {
    await rm(runtimeFolder, { recursive: true, force: true });
    throw error;
  }
  return {
    record,
    runFolder: path,
    runtimeFolder,
    [Symbol.asyncDispose]: () => rm(runtimeFolder, { recursive: true, force: true }),
  };
}

/** `20261121T033610Z-98bc8768`: the time, and eight characters that tell runs of one second apart. */
export function newRunId(startedAt: string): string {
  return `${startedAt.replace(/[-:]|\.\d+/g, '')}-${randomBytes(4).toString('hex')}`;
}

/** Makes a folder, or takes one that is empty. @throws HARNESS_FOLDER_UNUSABLE */
export async function makeEmptyFolder(path: string, tried: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((error: unknown) => {
    throw fileError(tried, error);
  });
  const found = await readdir(path);
  if (found.length > 0) {
    throw harnessErrors.HARNESS_FOLDER_UNUSABLE({
      tried,
      expected: 'an empty folder, or none yet',
      got: `${found.length} entries, among them ${found[0]}`,
    });
  }
}

async function makeRunFolder(path: string, record: RunRecord): Promise<void> {
  const tried = `make the run folder ${path}`;
  await makeEmptyFolder(path, tried);
  await writeFileDurably(join(path, runFileName), `${JSON.stringify(record, undefined, 2)}\n`).catch(
    (error: unknown) => {
      throw fileError(tried, error);
    },
  );
}

async function pointLatestTo(path: string): Promise<void> {
  const runs = dirname(path);
  const temporary = join(runs, `.latest-${randomBytes(4).toString('hex')}`);
  await symlink(path.slice(runs.length + 1), temporary);
  await rename(temporary, join(runs, 'latest'));
}
