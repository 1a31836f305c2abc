/** Who may import what: the table of `docs/architecture.md`. A folder may always import itself. */
interface ImportRule {
  folder: string;
  mayImport: readonly string[];
  /** What may be reached through others, where that is less than everything. */
  mayReach?: readonly string[];
}

/** The first rule whose folder holds a file is the file's. */
export const importRules: readonly ImportRule[] = [
  { folder: 'foundation/', mayImport: [] },
  { folder: 'core/', mayImport: ['foundation/'] },
  { folder: 'vm/', mayImport: ['foundation/'] },
  { folder: 'images/', mayImport: ['foundation/', 'core/'] },
  { folder: 'reports/', mayImport: ['foundation/'] },
  // The witness is independent of the accused: also through others it reaches nothing else.
  { folder: 'harness/witness/', mayImport: ['foundation/'], mayReach: ['foundation/'] },
  // It runs functions of the core to see what is left of them when a step is missing.
  { folder: 'harness/mutations/', mayImport: ['harness/', 'images/', 'vm/', 'core/', 'foundation/'] },
  // What reads disks that somebody else made, perhaps to harm, reaches nothing that knows Assay's own.
  {
    folder: 'harness/inspection/',
    mayImport: ['harness/witness/', 'foundation/'],
    mayReach: ['harness/witness/', 'foundation/'],
  },
  { folder: 'harness/', mayImport: ['images/', 'vm/', 'reports/', 'core/factory/', 'foundation/'] },
  { folder: 'scenarios/', mayImport: ['harness/index.ts'] },
  {
    folder: 'bench/',
    mayImport: ['foundation/', 'core/', 'vm/', 'images/', 'reports/', 'harness/', 'scenarios/'],
  },
  { folder: 'examples/', mayImport: ['images/', 'reports/', 'foundation/'] },
  { folder: 'packaging/', mayImport: ['core/', 'images/', 'harness/', 'foundation/'] },
];

/** What loads files whose names it learns at run time: the user's scenarios, and an appliance's applications. */
export const loadsComputedNames = ['harness/load-scenarios.ts', 'core/appliance/application-set.ts'];

export function ruleOf(path: string): ImportRule | undefined {
  return importRules.find(({ folder }) => path.startsWith(folder));
}

export function isAllowed(allowed: readonly string[], folder: string, target: string): boolean {
  return target.startsWith(folder) || allowed.some((place) => target.startsWith(place));
}
