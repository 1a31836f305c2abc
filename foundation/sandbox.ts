import { constants } from 'node:fs';
import { access, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { toolMissing, toolPath } from './tool-path.ts';

/** CAP_SETPCAP (capabilities(7)): without it nobody may take from the set of capabilities. */
const setPcapBit = 8n;

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
 * read it, root keeps the one to read it all the same (CAP_DAC_READ_SEARCH).
 *
 * @param program An absolute path.
 */
export async function sandboxed(
  program: string,
  programArguments: readonly string[],
  imagePath: string,
  { memoryBytes, processorSeconds, openFiles, fileBytes }: SandboxLimits,
): Promise<[string, string[]]> {
  const limits = [
    `--as=${memoryBytes}`,
    `--cpu=${processorSeconds}`,
    `--fsize=${fileBytes}`,
    `--nofile=${openFiles}`,
    '--core=0',
  ];
  const privileges = ['--no-new-privs', '--pdeathsig', 'KILL', ...(await capabilities(imagePath))];
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

async function capabilities(imagePath: string): Promise<string[]> {
  const status = await readFile('/proc/self/status', 'utf8');
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  if (((effective >> setPcapBit) & 1n) === 0n) return [];
  const kept = (await isReadableForUser(imagePath)) ? '' : ',+dac_read_search';
  return [`--bounding-set=-all${kept}`, '--inh-caps=-all'];
}

/** Whether this user may read it by the modes of the file and of the folders above it alone. */
async function isReadableForUser(path: string): Promise<boolean> {
  let place = await realpath(path);
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
