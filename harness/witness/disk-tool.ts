import { runTool, type ToolOptions, type ToolResult, usualSandboxLimits } from '../../foundation/index.ts';

/** No one file that a witness takes from a disk is larger: one of holes alone would fill the host. */
export const largestTakenBytes = 16 * 1024 ** 3;

export interface DiskToolOptions extends Omit<ToolOptions, 'sandbox' | 'env'> {
  /** How large the files may become that it writes, in bytes; without it, it can write none. */
  largestFileBytes?: number;
}

/**
 * Runs a program of the host that parses a disk: the disk may be anybody's, so the program has no privileges, limits, and
 * nothing of the environment.
 *
 * @param imagePath The disk, or the copy of a part of it, that it reads.
 * @throws as `runTool`; FOUNDATION_TOOL_FAILED also when a limit has ended it.
 */
export async function runDiskTool(
  imagePath: string,
  name: string,
  toolArguments: readonly string[],
  { largestFileBytes = 0, ...options }: DiskToolOptions = {},
): Promise<ToolResult> {
  return await runTool(name, toolArguments, {
    ...options,
    sandbox: { ...usualSandboxLimits, fileBytes: largestFileBytes, imagePath },
  });
}

/** The path in `path?offset=bytes`, as e2fsprogs write a part of a disk. */
export function pathOfImage(image: string): string {
  return image.replace(/\?offset=\d+$/, '');
}
