import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { errorMessage } from '../../foundation/index.ts';
import { runDiskTool } from '../witness/disk-tool.ts';
import { readPartitionTable } from '../witness/partition-table.ts';
import type { Judge, Verdict } from './judge-states.ts';
import type { JudgedDisk } from './judged-disk.ts';

/** A file that has to be one of several versions, whatever was lost. */
export interface DeclaredFile {
  /** Its partition's number; 0 of a disk without a partition table. */
  partition: number;
  path: string;
  /** The SHA-256 that its content may have, in hexadecimal. */
  sha256: readonly string[];
  /** Whether it may also not be there. */
  mayBeAbsent?: boolean;
}

/** e2fsck -p: 0 nothing to do, 1 mended, 2 mended and the machine should restart. */
const mendedByItself = [0, 1, 2];
const e2fsckAnswers = [...mendedByItself, 4, 8, 12];

/** Says whether the partition table can be read, where something outside of all partitions was changed. */
export const partitionTableJudge: Judge = async (disk) => {
  const judge = 'partition table';
  if (!disk.hasTable || !disk.isChangedOutside) return { judge, outcome: 'sound' };
  return readPartitionTable(disk.path).then(
    () => ({ judge, outcome: 'sound' }),
    (error) => ({ judge, outcome: 'damaged', report: errorMessage(error) }),
  );
};

/**
 * Checks the file systems of changed partitions with their own checkers: ext4 after its journal was replayed, as a mount
 * does. What e2fsck mends by itself at a boot (`-p`: orphaned files, counts) is `mended`, anything else `damaged`.
 *
 * @param partitions Which; by default all that changed and hold ext4 or FAT.
 */
export function fileSystemsJudge(partitions?: readonly number[]): Judge {
  return async (disk) => {
    const verdicts: Verdict[] = [];
    for (const number of disk.changedPartitions) {
      if (partitions === undefined || partitions.includes(number)) verdicts.push(await checked(disk, number));
    }
    const worst = verdicts.find(({ outcome }) => outcome === 'damaged') ?? verdicts.find(isMended);
    return worst ?? { judge: 'file systems', outcome: 'sound' };
  };
}

/** Says whether declared files are one of the versions that they may be. */
export function filesJudge(files: readonly DeclaredFile[]): Judge {
  return async (disk) => {
    const judge = 'files';
    for (const file of files) {
      const report = await problemOf(disk, file);
      if (report !== undefined) return { judge, outcome: 'damaged', report };
    }
    return { judge, outcome: 'sound' };
  };
}

function isMended({ outcome }: Verdict): boolean {
  return outcome === 'mended';
}

async function checked(disk: JudgedDisk, number: number): Promise<Verdict> {
  const judge = `file system of partition ${number}`;
  const { isSound, kind, report } = await (await disk.fileSystem(number)).check();
  // No file system that is checked here is what many partitions hold, from the beginning.
  const isChecked = kind === 'ext4' || kind === 'fat';
  if (isSound || (!isChecked && kind === (await disk.kindInBase(number)))) return { judge, outcome: 'sound' };
  if (kind !== 'ext4') return { judge, outcome: 'damaged', report };
  const copy = await disk.copyOf(number);
  const { size: largestFileBytes } = await stat(copy);
  const options = { acceptExitCodes: e2fsckAnswers, largestFileBytes };
  const { exitCode, stdout } = await runDiskTool(copy, 'e2fsck', ['-fp', copy], options);
  return mendedByItself.includes(exitCode)
    ? { judge, outcome: 'mended', report: stdout.trim() }
    : { judge, outcome: 'damaged', report };
}

async function problemOf(disk: JudgedDisk, file: DeclaredFile): Promise<string | undefined> {
  const where = `${file.path} of partition ${file.partition}`;
  const partition = await disk.fileSystem(file.partition);
  if (!(await partition.has(file.path))) return file.mayBeAbsent ? undefined : `${where} is not there`;
  const sha256 = createHash('sha256')
    .update(await partition.read(file.path))
    .digest('hex');
  return file.sha256.includes(sha256) ? undefined : `${where} has ${sha256}`;
}
