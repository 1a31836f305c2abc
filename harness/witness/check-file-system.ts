import { runDiskTool } from './disk-tool.ts';
import { copyNamesOtherJournal } from './ext-journal-place.ts';
import type { FileSystemFacts } from './file-system-facts.ts';

/** The verdict of a file system's own checker, e2fsck or fsck.fat. */
export interface FileSystemCheck {
  /** Nothing at all is wrong with it. A dirty journal is not wrong by itself; see `journal`. */
  isSound: boolean;
  kind: FileSystemFacts['kind'];
  journal: FileSystemFacts['journal'];
  /** What the checker printed. */
  report: string;
}

/** e2fsck: 4 errors left, 8 it could not work on this, 12 both. fsck.fat: 1 errors. */
const answers = { ext4: [0, 4, 8, 12], fat: [0, 1] };

/**
 * Checks a file system with its own checker, which is told to change nothing.
 *
 * @param copyPath A copy that is exactly as large as the partition, so that a file system that claims more is found.
 */
export async function checkFileSystem(
  copyPath: string,
  { kind, type, journal }: FileSystemFacts,
  signal?: AbortSignal,
): Promise<FileSystemCheck> {
  if (kind !== 'ext4' && kind !== 'fat') {
    const report = kind === 'none' ? 'no file system is recognised' : `nothing here checks ${type}`;
    return { isSound: false, kind, journal, report };
  }
  if (kind === 'ext4' && (await copyNamesOtherJournal(copyPath))) {
    const report =
      'not checked: it names a journal on another disk, which e2fsck opens for writing even with -n';
    return { isSound: false, kind, journal, report };
  }
  const [program, option] = kind === 'ext4' ? (['e2fsck', '-fn'] as const) : (['fsck.fat', '-n'] as const);
  const options = { acceptExitCodes: answers[kind], signal };
  const { exitCode, stdout, stderr } = await runDiskTool(copyPath, program, [option, copyPath], options);
  const report = `${stdout}${stderr}`.trim();
  // e2fsck that may change nothing ends with 0 although it says this of a file system larger than its partition.
  const isTooLarge = report.includes('Either the superblock or the partition table is likely to be corrupt');
  return { isSound: exitCode === 0 && !isTooLarge, kind, journal, report };
}
