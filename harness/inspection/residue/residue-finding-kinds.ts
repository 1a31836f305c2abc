import type { FindingKind } from '../finding.ts';
import type { ResidueRule } from './residue-rule.ts';

/** What the search for residue has to say of itself. */
export const ownResidueFindingKinds = [
  {
    id: 'residue-not-all-read',
    severity: 'warning',
    leavesOpen: true,
    title: 'not everything was looked at for residue',
    reason:
      'The file system is larger than the limits of the inspection, or some of its files could not be read. What is left over there is not among the findings.',
    fix: 'Look at the places that are named by hand. When the file system is damaged, repair it first.',
    source: 'limits of Assay (harness/inspection/residue/residue-limits.ts)',
  },
] as const satisfies readonly FindingKind[];

/** Every kind of finding that a search with these rules can have. */
export function residueFindingKinds(rules: readonly ResidueRule[]): FindingKind[] {
  const kinds = rules.map(({ id, severity, title, reason, fix, source }) => {
    return { id, severity, title, reason, fix, source };
  });
  return [...kinds, ...ownResidueFindingKinds];
}
