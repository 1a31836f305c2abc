import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './source-files.ts';

export interface Ended {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

export interface Started {
  child: ChildProcess;
  ended: Promise<Ended>;
  /** Resolves when stdout or stderr has shown the text. */
  shows(text: string): Promise<void>;
}

/** A folder of its own, with a folder of its own for sockets, to run the command line in. */
export interface Place extends AsyncDisposable {
  folder: string;
  sessionFolder: string;
  /** Runs `assay` with these words to its end. */
  assay(words: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ended>;
  start(words: readonly string[], env?: NodeJS.ProcessEnv): Started;
  /** Parsed JSON of a file of the newest run. */
  readRun(file: string): Promise<unknown>;
  /** Names in the folder for sockets. */
  runtimeFolders(): Promise<string[]>;
}

/** Makes a place with scenario files, given by name; every file may use `scenario` and `assert`. */
export async function makePlace(scenarios: Record<string, string> = {}): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-cli-'));
  // Short, for sockets' paths are.
  const sessionFolder = await mkdtemp('/tmp/a-');
  await mkdir(join(folder, 'scenarios'));
  for (const [name, body] of Object.entries(scenarios)) {
    const imports = `import assert from 'node:assert/strict';\nimport { scenario } from 'assay';\n`;
    await writeFile(join(folder, 'scenarios', name), `${imports}void assert;\n${body}`);
  }
  const start = (words: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    startCommandLine(words, folder, {
      ...process.env,
      XDG_RUNTIME_DIR: sessionFolder,
      NO_COLOR: '1',
      ...env,
    });
  return {
    folder,
    sessionFolder,
    start,
    assay: (words, env) => start(words, env).ended,
    readRun: async (file) => JSON.parse(await readFile(join(folder, '.assay/runs/latest', file), 'utf8')),
    runtimeFolders: () => readdir(join(sessionFolder, 'assay')).catch(() => []),
    [Symbol.asyncDispose]: async () => {
      await rm(folder, { recursive: true, force: true });
      await rm(sessionFolder, { recursive: true, force: true });
    },
  };
}

function startCommandLine(words: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Started {
  const node = join(root, 'node_modules/.bin/node');
  const child = spawn(node, [join(root, 'harness/cli/main.ts'), ...words], { cwd, env: ownEnvironment(env) });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (bytes) => {
    stdout += bytes;
  });
  child.stderr.on('data', (bytes) => {
    stderr += bytes;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
  return { child, ended, shows: (text) => untilShown(child, ended, text, () => `${stdout}${stderr}`) };
}

/** tap's loaders, which it passes on in the environment, are none of the command line's business. */
function ownEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...rest } = env;
  return Object.fromEntries(Object.entries(rest).filter(([name]) => !/^_?TAP/.test(name)));
}

async function untilShown(
  child: ChildProcess,
  ended: Promise<Ended>,
  text: string,
  shown: () => string,
): Promise<void> {
  const found = Promise.withResolvers<void>();
  const look = () => {
    if (shown().includes(text)) found.resolve();
  };
  look();
  child.stdout!.on('data', look);
  child.stderr!.on('data', look);
  const early = ended.then(() => {
    throw new Error(`it ended without showing ${JSON.stringify(text)}:\n${shown()}`);
  });
  early.catch(() => {});
  await Promise.race([found.promise, early]);
}
