export { buildSetupFiles } from '../applications/build-setup-files.ts';
export { type Layout, parseLayout, type ResolvedLayout, readLayout, resolveLayout } from '../layout/index.ts';
export { type LicenceRecord, type ManufacturingRecord, openRecords } from '../records/index.ts';
export { problemLine, type Script, type StepDescription } from '../script/index.ts';
export {
  buildTemplate,
  type Template,
  type TemplateManifest,
  type TemplateOptions,
} from './build-template.ts';
export { checkScript, recoveryScriptJsonSchema, recoverySteps, type ScriptCheck } from './check-script.ts';
export {
  type CloneOptions,
  type CloneProgress,
  type CloneResult,
  cloneMaster,
} from './clone/clone-master.ts';
export type { GuardedMaster, MasterGuard, MasterWatch } from './clone/master-guard.ts';
export type { FileTree, FileTreeEntry } from './file-tree.ts';
export { type LicenceKeys, readLicenceKeys } from './licence-keys.ts';
export { mergeTree } from './merge-tree.ts';
export { makeSigningKey, parseSigningKey, readSigningKey, type SigningKey } from './redundant/signing-key.ts';
export type { SystemImage } from './system-image.ts';
