import { resolve } from 'node:path';
import type { StepContext } from '../step-kind.ts';

/** A path as a script has it: a relative one begins in the folder of the script. */
export function pathInScript(path: string, { scriptFolder }: Pick<StepContext, 'scriptFolder'>): string {
  return resolve(scriptFolder, path);
}
