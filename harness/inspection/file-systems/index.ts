export { checkFileSystemHealth } from './check-health.ts';
export { DiskBudget } from './disk-budget.ts';
export { fileSystemFindingKinds } from './file-system-finding-kinds.ts';
export { type FileTree, openFileTree, type TreeNode } from './file-tree.ts';
export { type BlockOwner, findBlockOwners } from './find-block-owners.ts';
export { type ToolLimits, type TreeLimits, usualToolLimits, usualTreeLimits } from './limits.ts';
export { recogniseFileSystem } from './recognise.ts';
export type { FileSystemState, FileSystemType, RecognisedFileSystem } from './recognised-file-system.ts';
