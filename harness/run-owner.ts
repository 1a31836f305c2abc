import { lstat, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { harnessErrors } from './errors.ts';
import { fileError } from './file-errors.ts';
import { ownerFileName, type RunRecord } from './run-record.ts';

/**
 * A unix socket's path holds at most 107 bytes. Below the root come a run's id, a scenario's number, and the names of
 * a machine and of a port (32 characters each): up to 84 bytes.
 */
const rootBytesLimit = 23;

/** Where the runtime folders of runs can lie: the session's own folder where there is one, and /tmp. */
export function runtimeRoots(environment: NodeJS.ProcessEnv = process.env): string[] {
  const session = environment.XDG_RUNTIME_DIR;
  const roots = session === undefined || session === '' ? [] : [join(session, 'assay')];
  return [
    ...roots.filter((root) => Buffer.byteLength(root) <= rootBytesLimit),
    `/tmp/assay-${process.getuid!()}`,
  ];
}

/**
 * Makes the folder for a run's sockets, locks and other things that go with it, owner record included: it appears
 * under its name only with the record in it, so that a sweep at the same moment sees whose it is.
 *
 * @throws HARNESS_RUNTIME_FOLDER_FOREIGN when somebody else owns or can enter the root.
 */
export async function createRuntimeFolder(record: RunRecord): Promise<void> {
  const root = join(record.runtimeFolder, '..');
  await openRuntimeRoot(root);
  const prepared = await mkdtemp(join(root, '.new-'));
  try {
    await writeFile(join(prepared, ownerFileName), JSON.stringify(record));
    await rename(prepared, record.runtimeFolder);
  } catch (error) {
    await rm(prepared, { recursive: true, force: true });
    throw error;
  }
}

/** The first root that can be used; an unusable session folder (not there, not ours) leaves /tmp. */
export async function chooseRuntimeRoot(environment: NodeJS.ProcessEnv = process.env): Promise<string> {
  const roots = runtimeRoots(environment);
  for (const root of roots.slice(0, -1)) {
    try {
      await openRuntimeRoot(root);
      return root;
    } catch {
      // The next one is tried; the last one's error is the one to report.
    }
  }
  const last = roots.at(-1)!;
  await openRuntimeRoot(last);
  return last;
}

async function openRuntimeRoot(root: string): Promise<void> {
  try {
    await mkdir(root, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw fileError(`make ${root}`, error);
    }
  }
  // lstat, not stat: a symbolic link that somebody planted in /tmp is not followed.
  const folder = await lstat(root);
  const mode = folder.mode & 0o777;
  if (!folder.isDirectory() || folder.uid !== process.getuid!() || (mode & 0o077) !== 0) {
    throw harnessErrors.HARNESS_RUNTIME_FOLDER_FOREIGN({
      tried: `use ${root} for sockets`,
      expected: `a folder of user ${process.getuid!()} with mode 0700`,
      got: `${folder.isDirectory() ? 'a folder' : 'no folder'} of user ${folder.uid} with mode 0${mode.toString(8)}`,
    });
  }
}
