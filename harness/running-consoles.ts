import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { attachSocketSuffix } from '../vm/index.ts';
import { runtimeRoots } from './run-owner.ts';

/** A console to which somebody can attach. */
export interface RunningConsole {
  /** `run/scenario/machine`, as far as it needs to be told apart. */
  name: string;
  machine: string;
  socketPath: string;
}

/** The consoles of all machines that run now, of every run of this user. */
export async function findConsoles(): Promise<RunningConsole[]> {
  const found = await Promise.all(runtimeRoots().map(consolesBelow));
  return found.flat().sort((left, right) => left.name.localeCompare(right.name));
}

async function consolesBelow(root: string): Promise<RunningConsole[]> {
  // A root that is not there has no machines.
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.name.endsWith(attachSocketSuffix))
    .map((entry) => {
      const socketPath = join(entry.parentPath, entry.name);
      const name = relative(root, socketPath).slice(0, -attachSocketSuffix.length);
      return { name, machine: entry.name.slice(0, -attachSocketSuffix.length), socketPath };
    });
}
