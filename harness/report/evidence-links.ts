import { access } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import type { ScenarioRun } from '../../reports/index.ts';
import { evidenceInFolder } from '../evidence-in-folder.ts';

/** A scenario that names more files has the rest of them shown and not linked. */
const mostLinks = 500;

/**
 * Finds the files that a scenario names, and how a page in `reportFolder` links to them. Artifacts are named from the
 * run's folder; evidence from where the run was started, and is found in the run's folder also where that was moved.
 *
 * @returns Only what is there, by the path as the run names it.
 */
export async function evidenceLinks(
  { scenarioId, artifacts, evidence }: ScenarioRun,
  runFolder: string,
  reportFolder: string,
): Promise<Record<string, string>> {
  const places = new Map(artifacts.map(({ path }) => [path, [resolve(runFolder, path)]]));
  for (const { path } of evidence) {
    const own = evidenceInFolder(path, scenarioId);
    places.set(path, [...(own === undefined ? [] : [resolve(runFolder, own)]), resolve(path)]);
  }
  const links: [path: string, href: string][] = [];
  for (const [path, candidates] of [...places].slice(0, mostLinks)) {
    const found = await firstThatIsThere(candidates);
    if (found !== undefined) links.push([path, relative(reportFolder, found)]);
  }
  return Object.fromEntries(links);
}

async function firstThatIsThere(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return undefined;
}
