import { join } from 'node:path';
import { AssayError, errorMessage } from '../../foundation/index.ts';
import { type FindSurroundings, findScripts } from './find-scripts.ts';
import { exitCodes, type RunSurroundings, runScripts } from './run-scripts.ts';
import { readScriptSources } from './script-sources.ts';
import type { SessionPlaces } from './session-places.ts';

export interface SessionSurroundings extends Omit<RunSurroundings, 'mediumFolder' | 'logPath'> {
  places: SessionPlaces;
  find?: Pick<FindSurroundings, 'hasNetwork' | 'pauseMs'>;
}

/**
 * The session of the reduced operating system (spec R5): finds scripts where the medium's configuration says, and runs
 * them when they are all good.
 *
 * @returns One of {@link exitCodes}; does not return when a script restarts the machine or switches it off.
 */
export async function runSession(surroundings: SessionSurroundings): Promise<number> {
  const { places, announce, signal } = surroundings;
  const runProgram: FindSurroundings['runProgram'] = (name, words) =>
    surroundings.runProgram(name, words, { signal });
  let paths: string[];
  try {
    paths = await findScripts(readScriptSources(places), {
      places,
      runProgram,
      signal,
      ...surroundings.find,
    });
  } catch (error) {
    // Nothing may run when one of the scripts that were wanted cannot be had.
    const code = error instanceof AssayError ? `${error.code}: ` : '';
    announce(`SESSION failed ${code}${errorMessage(error)}`);
    return exitCodes.invalid;
  }
  const { mediumFolder, stateFolder } = places;
  return await runScripts(paths, { ...surroundings, mediumFolder, logPath: join(stateFolder, 'script.log') });
}
