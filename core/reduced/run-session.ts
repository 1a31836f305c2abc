import { join } from 'node:path';
import { AssayError, errorMessage } from '../../foundation/index.ts';
import { type FindSurroundings, findScripts } from './find-scripts.ts';
import { type MediumConfiguration, readMediumConfiguration } from './medium-configuration.ts';
import { exitCodes, type RunSurroundings, runScripts } from './run-scripts.ts';
import type { SessionPlaces } from './session-places.ts';

export interface SessionSurroundings extends Omit<RunSurroundings, 'mediumFolder' | 'logPath'> {
  places: SessionPlaces;
  /** Starts the agent beside the prompt, in a process of its own. */
  startAgent?(): void;
  find?: Pick<FindSurroundings, 'hasNetwork' | 'pauseMs'>;
}

/**
 * The session of the reduced operating system (spec R5): finds scripts where the medium's configuration says, and runs
 * them when they are all good. When they have ended well, or there are none, the agent begins where the medium has one
 * (spec R10).
 *
 * @returns One of {@link exitCodes}; does not return when a script restarts the machine or switches it off.
 */
export async function runSession(surroundings: SessionSurroundings): Promise<number> {
  const { places, announce, signal } = surroundings;
  const runProgram: FindSurroundings['runProgram'] = (name, words) =>
    surroundings.runProgram(name, words, { signal });
  let configuration: MediumConfiguration;
  let paths: string[];
  try {
    configuration = readMediumConfiguration(places);
    paths = await findScripts(configuration.scripts, {
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
  const logPath = join(stateFolder, 'script.log');
  const exitCode = await runScripts(paths, { ...surroundings, mediumFolder, logPath });
  const isWell = exitCode === exitCodes.ended || exitCode === exitCodes.nothingFound;
  if (isWell && configuration.agent !== undefined) surroundings.startAgent?.();
  return exitCode;
}
