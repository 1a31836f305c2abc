import { runTool } from './run-tool.ts';

/**
 * Copies a disk image: holes and zeros become holes, blocks are shared where the file system can. The copy may be written,
 * also that of an image which must not be.
 *
 * @throws FOUNDATION_TOOL_FAILED, FOUNDATION_DISK_FULL
 */
export async function copySparse(fromPath: string, toPath: string): Promise<void> {
  await runTool('cp', ['--sparse=always', '--reflink=auto', '--no-preserve=mode', '--', fromPath, toPath]);
}
