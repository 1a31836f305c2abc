import type { FindingKind } from '../../inspection/finding.ts';
import { divergenceFindingKinds } from '../divergence/divergence-finding-kinds.ts';
import { proofFindingKinds } from './proof-finding-kinds.ts';
import { recoveryFindingKinds } from './recovery-finding-kinds.ts';
import { togetherFindingKinds } from './together-finding-kinds.ts';

/** Every kind of finding that starting clones can lead to, in the order in which a person would look. */
export const dynamicFindingKinds: readonly FindingKind[] = [
  ...proofFindingKinds,
  ...divergenceFindingKinds,
  ...togetherFindingKinds,
  ...recoveryFindingKinds,
];
