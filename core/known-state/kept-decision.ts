import { readFile } from 'node:fs/promises';
import { writeFileDurably } from '../../foundation/index.ts';
import type { FoundDecision } from './find-decision.ts';

/**
 * Where the steps of one start leave for each other what was found and decided. In memory, so that every start finds out
 * anew.
 */
export const decisionPath = '/run/assay/known-state.json';

export async function keepDecision(path: string, found: FoundDecision): Promise<void> {
  await writeFileDurably(path, `${JSON.stringify(found, null, 2)}\n`);
}

/** Undefined when nothing was decided in this start. */
export async function readKeptDecision(path: string): Promise<FoundDecision | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as FoundDecision;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
