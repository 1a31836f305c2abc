export {
  AssayError,
  type Blame,
  type ErrorEntry,
  type ErrorFacts,
  errorMessage,
  errorTable,
} from './assay-error.ts';
export { defaultCachePath } from './cache-path.ts';
export { copySparse } from './copy-sparse.ts';
export { Deadline } from './deadline.ts';
export { syncFolder, writeFileDurably } from './durable-file.ts';
export { durably, everyStepIsDone } from './durably.ts';
export { foundationErrors } from './errors.ts';
export { type HostTool, hostTools } from './host-tools.ts';
export { parseConfig } from './parse-config.ts';
export { renameDurably } from './rename-durably.ts';
export { runTool, type ToolOptions, type ToolResult, type ToolSandbox } from './run-tool.ts';
export { findProgram, isOfSandbox, type SandboxLimits, sandboxed, usualSandboxLimits } from './sandbox.ts';
export { formatSize, parseSize, sectorBytes } from './size.ts';
export { toolLines } from './tool-lines.ts';
export { toolMissing, toolPath } from './tool-path.ts';
