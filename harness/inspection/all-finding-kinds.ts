import { bootLoaderFindingKinds } from './boot-loaders/index.ts';
import { fileSystemFindingKinds } from './file-systems/index.ts';
import type { FindingKind } from './finding.ts';
import { onePassFindingKinds } from './one-pass/one-pass-finding-kinds.ts';
import { partitionFindingKinds } from './partition-tables/index.ts';
import { type ResidueRule, residueFindingKinds } from './residue/index.ts';

/** Every kind of finding that an inspection with these rules can have, in the order in which a person would look. */
export function allFindingKinds(residueRules: readonly ResidueRule[]): FindingKind[] {
  return [
    ...partitionFindingKinds,
    ...fileSystemFindingKinds,
    ...bootLoaderFindingKinds,
    ...residueFindingKinds(residueRules),
    ...onePassFindingKinds,
  ];
}
