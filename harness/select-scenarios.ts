import { matchesGlob } from 'node:path';
import { closest, distance } from 'fastest-levenshtein';
import { harnessErrors } from './errors.ts';
import type { LoadedScenario } from './load-scenarios.ts';

/** Which scenarios are wanted; all three narrow. */
export interface Selection {
  /** Names, or globs such as `damaged-*`; none means all. */
  names: readonly string[];
  /** A regular expression that the name or the summary has to match. */
  grep?: string;
  /** The scenario has to have one of these. */
  tags: readonly string[];
}

/**
 * The scenarios that the command line asks for, in the order of their files.
 *
 * @throws HARNESS_NAME_UNKNOWN with the nearest name, HARNESS_USAGE for a broken regular expression,
 * HARNESS_NOTHING_SELECTED
 */
export function selectScenarios(loaded: readonly LoadedScenario[], selection: Selection): LoadedScenario[] {
  const { names, tags } = selection;
  for (const name of names) refuseUnknown(loaded, name);
  const pattern = selection.grep === undefined ? undefined : compile(selection.grep);
  const selected = loaded.filter(
    ({ scenario }) =>
      (names.length === 0 || names.some((name) => matches(scenario.name, name))) &&
      (tags.length === 0 || tags.some((tag) => scenario.tags.includes(tag))) &&
      (pattern === undefined || pattern.test(scenario.name) || pattern.test(scenario.summary)),
  );
  if (selected.length === 0) {
    const filters = [...names, ...tags.map((tag) => `--tag ${tag}`), pattern && `--grep ${pattern.source}`];
    throw harnessErrors.HARNESS_NOTHING_SELECTED({
      tried: `select ${filters.filter(Boolean).join(' ')}`,
      got: `none of ${loaded.length} scenarios`,
    });
  }
  return selected;
}

function matches(name: string, wanted: string): boolean {
  return name === wanted || matchesGlob(name, wanted);
}

function refuseUnknown(loaded: readonly LoadedScenario[], wanted: string): void {
  if (loaded.some(({ scenario }) => matches(scenario.name, wanted))) return;
  const names = loaded.map(({ scenario }) => scenario.name);
  const nearest = closest(wanted, names);
  const near = distance(wanted, nearest) <= Math.max(3, wanted.length / 2);
  throw harnessErrors.HARNESS_NAME_UNKNOWN({
    tried: `select ${wanted}`,
    got: `${names.length} scenarios, none of this name`,
    ...(near ? { remedy: `did you mean ${nearest}? \`assay list\` shows all names` } : {}),
  });
}

function compile(grep: string): RegExp {
  try {
    return new RegExp(grep, 'i');
  } catch (error) {
    throw harnessErrors.HARNESS_USAGE({ tried: `read --grep ${grep}`, got: String(error) }, error);
  }
}
