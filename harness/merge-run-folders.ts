import { mkdir, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { runTool, writeFileDurably } from '../foundation/index.ts';
import { eventLogName, type MergeInput, mergeRuns, type Run, summariseRun } from '../reports/index.ts';
import { harnessErrors } from './errors.ts';
import { evidenceInFolder } from './evidence-in-folder.ts';
import { fileError } from './file-errors.ts';
import type { FoundRun } from './find-run.ts';
import { makeEmptyFolder, newRunId } from './run-folder.ts';
import { writeReports } from './write-reports.ts';

export interface MergeOptions {
  /** The folder of the merged run: absent or empty. */
  out: string;
  /** Copies the evidence, too; without it the reports point to where it lies. */
  copy: boolean;
  argv: readonly string[];
}

/**
 * Merges runs into one run folder with an event log and all reports. Paths in them stay valid as long as the merged
 * runs lie where they do, or for good with `copy` (disks and scratch files in `work/` are never copied).
 *
 * @throws HARNESS_RUN_LIVE, HARNESS_FOLDER_UNUSABLE (not empty), REPORTS_MERGE_TWICE
 */
export async function mergeRunFolders(
  found: readonly FoundRun[],
  { out, copy, argv }: MergeOptions,
): Promise<{ run: Run; runFolder: string }> {
  for (const { run, isLive } of found) {
    if (isLive) throw harnessErrors.HARNESS_RUN_LIVE({ tried: 'merge it', got: run.runId });
  }
  const runFolder = resolve(out);
  const inputs = new Map<MergeInput, FoundRun>(
    found.map((one) => [
      {
        log: one.log,
        folder: relative(process.cwd(), one.folder) || '.',
        pathOf: (path, kind, ids) =>
          kind === 'artifact'
            ? artifactPath(path, one.folder, runFolder, copy ? ids : undefined)
            : evidencePath(path, one.folder, runFolder, ids, copy),
      },
      one,
    ]),
  );
  const merged = mergeRuns([...inputs.keys()], { runId: newRunId(new Date().toISOString()), argv });
  await makeEmptyFolder(runFolder, `make the folder of the merged run ${runFolder}`);
  if (copy) {
    for (const { input, scenarioId, mergedId } of merged.renamed) {
      const from = join(inputs.get(input)!.folder, 'scenarios', scenarioId);
      await copyEvidence(from, join(runFolder, 'scenarios', mergedId));
    }
  }
  const lines = merged.events.map((event) => `${JSON.stringify(event)}\n`).join('');
  const path = join(runFolder, eventLogName);
  await writeFileDurably(path, lines).catch((error: unknown) => {
    throw fileError(`write ${path}`, error);
  });
  const run = summariseRun({ events: merged.events });
  await writeReports(run, runFolder);
  return { run, runFolder };
}

type Ids = { scenarioId: string; mergedId: string } | undefined;

/** Artifacts are named relative to the run folder. */
function artifactPath(path: string, from: string, to: string, copied: Ids): string {
  const own = copied === undefined ? undefined : `scenarios/${copied.scenarioId}/`;
  if (own !== undefined && path.startsWith(own) && !path.startsWith(`${own}work/`)) {
    return `scenarios/${copied!.mergedId}/${path.slice(own.length)}`;
  }
  return isAbsolute(path) ? path : relative(to, join(from, path));
}

/** Evidence is named as a person reaches it from the folder where the command runs. */
function evidencePath(path: string, from: string, to: string, ids: Ids, copy: boolean): string {
  const own = ids === undefined ? undefined : evidenceInFolder(path, ids.scenarioId);
  if (own === undefined) return path;
  const rest = relative(join('scenarios', ids!.scenarioId), own);
  const there = copy ? join(to, 'scenarios', ids!.mergedId, rest) : join(from, own);
  return relative(process.cwd(), there);
}

/** With cp, which keeps the holes of disk images. A scenario that never began has no folder. */
async function copyEvidence(from: string, to: string): Promise<void> {
  if ((await stat(from).catch(() => undefined)) === undefined) return;
  await mkdir(to, { recursive: true });
  const entries = await runTool('find', [
    from,
    '-mindepth',
    '1',
    '-maxdepth',
    '1',
    '!',
    '-name',
    'work',
    '-print0',
  ]);
  const paths = entries.stdout.split('\0').filter((path) => path !== '');
  if (paths.length === 0) return;
  await runTool('cp', ['-R', '--preserve=mode,timestamps', '--sparse=always', '--', ...paths, to]);
}
