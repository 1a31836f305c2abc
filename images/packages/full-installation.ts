import type { Apt, ArchivePackage } from './apt.ts';

/** What a full installation takes, for comparison (spec R2). */
export interface FullInstallation {
  packageCount: number;
  installedBytes: number;
  /** How the figure was come by, as a sentence. */
  basis: string;
}

/**
 * The size of an ordinary installation with these packages: they, what they depend on, and the packages that
 * every standard Debian system has (priorities required, important and standard), by their `Installed-Size`.
 * Recommended packages are not counted, and of alternatives only the first, so the figure is rather too small.
 *
 * @returns undefined when apt has no index (offline, with an empty cache).
 */
export async function fullInstallation(
  names: readonly string[],
  apt: Pick<Apt, 'allPackages'>,
): Promise<FullInstallation | undefined> {
  const archive = await apt.allPackages();
  if (archive.size === 0) return undefined;
  const standard = [...archive.values()].filter((one) => standardPriorities.has(one.priority));
  const installed = new Map<string, ArchivePackage>();
  const pending = [...names, ...standard.map((one) => one.name)];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const found = archive.get(name);
    if (found === undefined || installed.has(name)) continue;
    installed.set(name, found);
    pending.push(...firstAlternatives(found.depends));
  }
  return {
    packageCount: installed.size,
    installedBytes: [...installed.values()].reduce((sum, one) => sum + one.installedBytes, 0),
    basis: 'Installed-Size of the packages, of what they depend on, and of the standard system',
  };
}

const standardPriorities = new Set(['required', 'important', 'standard']);

/** Names in a Depends field, without versions; of `a | b` only a. */
function firstAlternatives(depends: string): string[] {
  return depends
    .split(',')
    .map((relation) => /^\s*([a-z0-9][a-z0-9+.-]+)/.exec(relation)?.[1])
    .filter((name) => name !== undefined);
}
