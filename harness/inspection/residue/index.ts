export { findResidue } from './find-residue.ts';
export { JudgedFiles } from './judged-files.ts';
export { loadResidueRules } from './load-residue-rules.ts';
export { ownResidueFindingKinds, residueFindingKinds } from './residue-finding-kinds.ts';
export type { ResidueRule } from './residue-rule.ts';
export type { ResidueSystem } from './residue-system.ts';
export { shown } from './shown.ts';
