import { namesOtherJournal } from '../../witness/ext-journal-place.ts';
import type { ByteRange, Finding } from '../finding.ts';
import type { ImageSource } from '../image-source.ts';
import { DiskBudget } from './disk-budget.ts';
import { fileSystemFinding } from './file-system-finding.ts';
import { type LimitedRun, runLimitedTool } from './limited-tool.ts';
import { largestListingBytes, type ToolLimits, usualToolLimits } from './limits.ts';
import type { FileSystemType, RecognisedFileSystem } from './recognised-file-system.ts';
import { imageName, ToolFolder } from './tool-folder.ts';

type Checker = (
  source: ImageSource,
  fileSystem: RecognisedFileSystem,
  limits: ToolLimits,
  budget: DiskBudget,
) => Promise<Finding[]>;

/** How a checker says what it has found. */
interface Speaker {
  tool: string;
  /** Whether it found damage; otherwise, with an exit code that is not zero, it could not work on this. */
  saysDamage: (exitCode: number, run: LimitedRun) => boolean;
  /** Lines that are no complaints. */
  meaningless: RegExp;
}

const checkers: Partial<Record<FileSystemType, Checker>> = {
  ext2: checkExt,
  ext3: checkExt,
  ext4: checkExt,
  fat12: checkFat,
  fat16: checkFat,
  fat32: checkFat,
  squashfs: checkSquashfs,
};
/** These are no file systems that a checker could look at from here. */
const nothingToCheck: readonly FileSystemType[] = [
  'empty',
  'unknown',
  'swap',
  'luks1',
  'luks2',
  'lvm2',
  'md-raid',
  'iso9660',
];

/**
 * Lets a file system's own checker say whether it is sound; it changes nothing, has no privileges, and has limits. A file system whose superblock
 * is known to be wrong, or that is larger than its partition, is not checked: its findings say enough.
 *
 * @param budget What the whole disk may still take; it is counted down.
 * @throws FOUNDATION_TOOL_MISSING, FOUNDATION_TOOL_FAILED when the checker cannot be started; the signal's reason.
 */
export async function checkFileSystemHealth(
  source: ImageSource,
  fileSystem: RecognisedFileSystem,
  limits: ToolLimits = usualToolLimits,
  budget: DiskBudget = new DiskBudget(),
): Promise<Finding[]> {
  const { type, partition, findings } = fileSystem;
  const isHopeless = ({ kind }: Finding) =>
    kind === 'file-system-superblock-damaged' || kind === 'file-system-truncated';
  if (nothingToCheck.includes(type) || findings.some(isHopeless)) return [];
  const check = checkers[type];
  if (check === undefined)
    return [fileSystemFinding('file-system-not-checked', partition, `${type}: nothing here checks it`)];
  return await budget.forTool(limits, (left) => check(source, fileSystem, left, budget));
}

/** e2fsck(8): 0 is sound, 4 errors are left, 8 it cannot work on this, 12 both; 1 and 2 would be changes, which -n forbids. */
const e2fsck: Speaker = {
  tool: 'e2fsck',
  saysDamage: (exitCode) => (exitCode & 4) !== 0,
  meaningless: /^Pass \d|^e2fsck \d|skipping journal recovery|^Warning! |^$/,
};

async function checkExt(
  source: ImageSource,
  fileSystem: RecognisedFileSystem,
  limits: ToolLimits,
): Promise<Finding[]> {
  const { partition, type, features } = fileSystem;
  if (features.includes('journal_dev') || (await namesOtherJournal(source, partition)))
    return [notChecked(fileSystem, `${type}: its checker would open a journal on another disk`)];
  await using folder = await ToolFolder.ofDisk(source, rangeOf(partition), limits);
  const image = `${imageName}?offset=${partition.offsetBytes}`;
  return findingsOf(fileSystem, e2fsck, await runLimitedTool(e2fsck.tool, ['-fn', image], folder, limits));
}

/**
 * fsck.fat(8): 0 is sound, 1 errors; 2, or 1 with nothing but an error message, that it cannot work on this. The mark of a file system in use has
 * its own finding; of FAT32 it is at byte 65 of the boot sector, and not in that one's copy.
 */
const fsckFat: Speaker = {
  tool: 'fsck.fat',
  saysDamage: (exitCode, run) =>
    exitCode === 1 && (run.stderr === '' || complaints({ ...run, stderr: '' }, fsckFat.meaningless) !== ''),
  meaningless:
    /^fsck\.fat \d|files, .* clusters$|^Leaving filesystem unchanged|^Dirty bit is set|^ Automatically |^There are differences between boot sector|^This is mostly harmless|^ {2}65:0[0-3]\/0[0-3](?:, $|$)|^ {2}Not automatically fixing|^$/,
};

async function checkFat(
  source: ImageSource,
  fileSystem: RecognisedFileSystem,
  limits: ToolLimits,
  budget: DiskBudget,
): Promise<Finding[]> {
  const { partition, type, sizeBytes = partition.sizeBytes } = fileSystem;
  const startMs = performance.now();
  await using folder = await ToolFolder.ofPartition(
    source,
    { ...partition, sizeBytes },
    { ...limits, largestBytes: budget.copyBytes },
  );
  if (folder === undefined)
    return [notChecked(fileSystem, `${type}: it could not be copied for its checker`)];
  budget.copyBytes -= folder.copiedBytes;
  const wallClockMs = Math.max(1, limits.wallClockMs - (performance.now() - startMs));
  const run = await runLimitedTool(fsckFat.tool, ['-n', imageName], folder, { ...limits, wallClockMs });
  return findingsOf(fileSystem, fsckFat, run);
}

/** unsquashfs(1): 1 it came to no end, 2 some things could not be read; when it finds no memory, it ends with 1, too. */
const unsquashfs: Speaker = {
  tool: 'unsquashfs',
  saysDamage: (_, { stderr }) => !/out of memory|alloc(?:ation)? failed|failed to allocate/i.test(stderr),
  meaningless: /^$/,
};

/** Lists everything, for which all tables have to be read. Contents have no checksums in squashfs: they are not unpacked. */
async function checkSquashfs(
  source: ImageSource,
  fileSystem: RecognisedFileSystem,
  limits: ToolLimits,
): Promise<Finding[]> {
  const { partition } = fileSystem;
  await using folder = await ToolFolder.ofDisk(source, rangeOf(partition), limits);
  const place = ['-offset', String(partition.offsetBytes), '-lc', imageName];
  const run = await runLimitedTool('unsquashfs', ['-no-progress', '-processors', '1', ...place], folder, {
    ...limits,
    outputBytes: Math.min(limits.outputBytes * 8, largestListingBytes),
  });
  // What it prints is the list of all names.
  return findingsOf(fileSystem, unsquashfs, { ...run, stdout: Buffer.alloc(0) });
}

function findingsOf(fileSystem: RecognisedFileSystem, speaker: Speaker, run: LimitedRun): Finding[] {
  const { type, partition, state } = fileSystem;
  const { exitCode, endedBy } = run;
  if (exitCode === 0) return [];
  const text = complaints(run, speaker.meaningless);
  const damaged = () =>
    fileSystemFinding(
      state === 'in-use' && type.startsWith('ext')
        ? 'file-system-inconsistent-before-recovery'
        : 'file-system-inconsistent',
      partition,
      text,
    );
  const gaveUp = (how: string) => fileSystemFinding('file-system-tool-gave-up', partition, how);
  if (exitCode === null) {
    const how = gaveUp(`${speaker.tool} on ${type} was ended by ${endedBy}`);
    // One that has so much to say found something.
    return run.limit === 'output' && text !== '' ? [damaged(), how] : [how];
  }
  if (!speaker.saysDamage(exitCode, run))
    return [gaveUp(`${speaker.tool} on ${type}, exit code ${exitCode}: ${text}`)];
  return text === '' ? [] : [damaged()];
}

function rangeOf({ offsetBytes, sizeBytes }: RecognisedFileSystem['partition']): ByteRange {
  return { offsetBytes, lengthBytes: sizeBytes };
}

function notChecked({ partition }: RecognisedFileSystem, why: string): Finding {
  return fileSystemFinding('file-system-not-checked', partition, why);
}

const mostLines = 20;
const longestLine = 1000;
const longestSaid = 65_536;

/** The first lines that say something; of a tool that was ended, whole lines of its standard output only. */
function complaints({ stdout, stderr, exitCode, limit }: LimitedRun, meaningless: RegExp): string {
  const said = stdout.toString('utf8', 0, longestSaid);
  const text =
    limit === 'output'
      ? said.slice(0, said.lastIndexOf('\n') + 1)
      : `${stderr.slice(0, longestSaid)}\n${said}`;
  const lines = text
    .split('\n')
    .map((line) => line.slice(0, longestLine).trimEnd())
    .filter((line) => !meaningless.test(line));
  if (lines.length === 0 && exitCode !== null && exitCode !== 1) return `exit code ${exitCode}`;
  return lines.slice(0, mostLines).join('\n');
}
