import { runTool } from './run-tool.ts';

/**
 * Copies a disk image: holes and zeros become holes, blocks are shared where the file system can. The copy may be written,
 * also that of an image which must not be.
 *
 * @param signal Ends it; a part of the copy is left then.
 * @throws FOUNDATION_TOOL_FAILED, FOUNDATION_DISK_FULL
 */
export async function copySparse(fromPath: string, toPath: string, signal?: AbortSignal): Promise<void> {
  const words = ['--sparse=always', '--reflink=auto', '--no-preserve=mode', '--', fromPath, toPath];
  await runTool('cp', words, signal === undefined ? {} : { signal });
}
