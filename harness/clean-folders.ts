import { lstat, readdir, readlink, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileError } from './file-errors.ts';
import { runsFolder } from './run-folder.ts';
import { isLive, readRunRecord, runFileName } from './run-record.ts';
import { findLiveRuns } from './sweep-dead-runs.ts';

export interface CleanPlan {
  removable: { path: string; sizeBytes: number }[];
  kept: { path: string; reason: string }[];
}

/**
 * Finds what `assay clean` may remove: run folders below `.assay/runs` of the current folder, and the caches.
 * Live runs keep theirs; while any run of this user lives, the caches stay, for it may read from them.
 */
export async function planClean(what: { runs: boolean; cachePath?: string }): Promise<CleanPlan> {
  const plan: CleanPlan = { removable: [], kept: [] };
  if (what.runs) await planRuns(plan);
  if (what.cachePath !== undefined) await planCache(plan, what.cachePath);
  return plan;
}

/** @throws HARNESS_FOLDER_UNUSABLE naming what cannot be removed. */
export async function removePlanned(plan: CleanPlan): Promise<void> {
  for (const { path } of plan.removable) {
    await rm(path, { recursive: true, force: true }).catch((error: unknown) => {
      throw fileError(`remove ${path}`, error);
    });
  }
}

async function planRuns(plan: CleanPlan): Promise<void> {
  const runs = resolve(runsFolder);
  for (const entry of await readdir(runs, { withFileTypes: true }).catch(() => [])) {
    const path = join(runs, entry.name);
    if (entry.isSymbolicLink()) continue;
    const record = await readRunRecord(path, runFileName);
    if (record === undefined) plan.kept.push({ path, reason: 'it is no run folder' });
    else if (isLive(record)) plan.kept.push({ path, reason: `its run still runs (pid ${record.owner.pid})` });
    else plan.removable.push({ path, sizeBytes: await folderBytes(path) });
  }
  await planLatest(plan, join(runs, 'latest'));
}

/** The link to the newest run goes with the run that it points to. */
async function planLatest(plan: CleanPlan, latest: string): Promise<void> {
  const target = await readlink(latest).catch(() => undefined);
  if (target === undefined) return;
  const isKept = plan.kept.some(({ path }) => path === resolve(dirname(latest), target));
  if (!isKept) plan.removable.push({ path: latest, sizeBytes: 0 });
}

async function planCache(plan: CleanPlan, cachePath: string): Promise<void> {
  const names = await readdir(cachePath).catch(() => []);
  if (names.length === 0) return;
  const [live] = await findLiveRuns();
  if (live !== undefined) {
    plan.kept.push({ path: cachePath, reason: `run ${live.runId} still runs (pid ${live.owner.pid})` });
    return;
  }
  for (const name of names.sort()) {
    const path = join(cachePath, name);
    plan.removable.push({ path, sizeBytes: await folderBytes(path) });
  }
}

/** What the folder takes on the disk: blocks, so that sparse disk images count for what they hold. */
async function folderBytes(path: string): Promise<number> {
  const own = await lstat(path).catch(() => undefined);
  if (own === undefined) return 0;
  const blockBytes = 512;
  let sizeBytes = own.blocks * blockBytes;
  if (!own.isDirectory()) return sizeBytes;
  for (const name of await readdir(path).catch(() => [])) sizeBytes += await folderBytes(join(path, name));
  return sizeBytes;
}
