import type { FindingKind } from '../finding.ts';
import { gptFindingKinds } from './gpt-finding-kinds.ts';
import { mbrFindingKinds } from './mbr-finding-kinds.ts';
import { placementFindingKinds } from './placement-finding-kinds.ts';

/** Everything that can be wrong with a partition table; the table of the area. */
export const partitionFindingKinds: readonly FindingKind[] = [
  ...mbrFindingKinds,
  ...gptFindingKinds,
  ...placementFindingKinds,
];

export type PartitionFindingKindId =
  | (typeof mbrFindingKinds)[number]['id']
  | (typeof gptFindingKinds)[number]['id']
  | (typeof placementFindingKinds)[number]['id'];
