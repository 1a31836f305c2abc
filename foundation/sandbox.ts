import { constants } from 'node:fs';
import { access, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { toolMissing, toolPath } from './tool-path.ts';

/** CAP_SETPCAP (capabilities(7)): without it nobody may take from the set of capabilities. */
const setPcapBit = 8n;

/** A check of a terabyte of ext4 takes minutes and some hundred mebibytes; all files that are open are the image, libraries and little else. */
export const usualSandboxLimits = { memoryBytes: 2 * 1024 ** 3, processorSeconds: 600, openFiles: 64 };

/** How far a program may go that reads somebody else's disk. */
export interface SandboxLimits {
  /** Address space. */
  memoryBytes: number;
  processorSeconds: number;
  openFiles: number;
  /** No file may become larger by what it writes; with 0 it can write none. Pipes do not count. */
  fileBytes: number;
}

/**
 * The command that runs a program without privileges and with limits, all of it by replacing itself, so that the process id stays the same.
 *
 * The user stays who he is, so that the image can be read. Root loses every capability; only when the image is another user's, and nobody else may
 * read it, root keeps the one to read it all the same (CAP_DAC_READ_SEARCH); and to reach the folder that a program writes to.
 *
 * @param program An absolute path.
 */
export async function sandboxed(
  program: string,
  programArguments: readonly string[],
  imagePath: string,
  { memoryBytes, processorSeconds, openFiles, fileBytes }: SandboxLimits,
): Promise<[string, string[]]> {
  const hard = await hardLimits();
  const limits = [
    `--as=${memoryBytes}`,
    `--cpu=${Math.min(processorSeconds, hard.processorSeconds)}`,
    `--fsize=${Math.min(fileBytes, hard.fileBytes)}`,
    `--nofile=${openFiles}`,
    '--core=0',
  ];
  const privileges = [
    '--no-new-privs',
    '--pdeathsig',
    'KILL',
    ...(await capabilities(imagePath, fileBytes > 0)),
  ];
  const prlimit = await findProgram('prlimit');
  return [await findProgram('setpriv'), [...privileges, prlimit, ...limits, program, ...programArguments]];
}

/** @throws FOUNDATION_TOOL_MISSING with the package that has it. */
export async function findProgram(name: string): Promise<string> {
  for (const folder of toolPath.split(':').filter((path) => path.startsWith('/'))) {
    const path = join(folder, name);
    if (await isExecutable(path)) return path;
  }
  throw toolMissing(name);
}

async function isExecutable(path: string): Promise<boolean> {
  return await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** What this process may have at most: a program that it starts cannot be given more, and a stricter host is no error. */
async function hardLimits(): Promise<{ processorSeconds: number; fileBytes: number }> {
  const table = await readFile('/proc/self/limits', 'utf8');
  const hard = (name: string) => {
    const found = new RegExp(`^Max ${name} +\\S+ +(\\d+) `, 'm').exec(table)?.[1];
    return found === undefined ? Number.POSITIVE_INFINITY : Number(found);
  };
  return { processorSeconds: hard('cpu time'), fileBytes: hard('file size') };
}

async function capabilities(imagePath: string, writes: boolean): Promise<string[]> {
  const status = await readFile('/proc/self/status', 'utf8');
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  if (((effective >> setPcapBit) & 1n) === 0n) return [];
  const isSearching = writes || !(await isReadableForUser(imagePath));
  const kept = isSearching ? ',+dac_read_search' : '';
  return [`--bounding-set=-all${kept}`, '--inh-caps=-all'];
}

/** Whether this user may read it by the modes of the file and of the folders above it alone; of one that is not there the program will say so. */
async function isReadableForUser(path: string): Promise<boolean> {
  let place = await realpath(path).catch(() => '/');
  let wanted = 0o4;
  for (;;) {
    const { mode, uid, gid } = await stat(place);
    const own = uid === process.getuid!() ? wanted << 6 : 0;
    const group = process.getgroups!().includes(gid) ? wanted << 3 : 0;
    if ((mode & (own || group || wanted)) === 0) return false;
    if (place === '/') return true;
    place = dirname(place);
    wanted = 0o1;
  }
}

/** Whether that is the end of what starts the program, and not of the program: setpriv and prlimit speak under their own names. */
export function isOfSandbox(exitCode: number, stderr: string): boolean {
  return exitCode !== 0 && /^(setpriv|prlimit): /.test(stderr);
}
