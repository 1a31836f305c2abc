import { join } from 'node:path';
import { errorMessage } from '../../foundation/index.ts';
import { announce } from '../appliance/announce.ts';
import { exitCodes, loadAll, runScripts, runSession, sessionPlaces } from '../reduced/index.ts';
import { runProgram } from '../script/index.ts';
import { stepKinds } from '../script/steps/index.ts';

/**
 * Scripts in the reduced operating system (spec R5): without words the session of the console; by hand at the prompt
 * `run FILE…` and `check FILE…`.
 */
async function main([command, ...paths]: readonly string[]): Promise<number> {
  const given = new AbortController();
  // Only this one: at a restart init ends all programs, and what they run, and that is no failure to be told.
  process.on('SIGINT', () => given.abort(new Error('interrupted')));
  const { mediumFolder, stateFolder } = sessionPlaces;
  const common = { announce, kinds: stepKinds, runProgram, signal: given.signal };
  if (command === undefined) return await runSession({ ...common, places: sessionPlaces });
  if (command === 'run' && paths.length > 0) {
    return await runScripts(paths, { ...common, mediumFolder, logPath: join(stateFolder, 'script.log') });
  }
  if (command === 'check' && paths.length > 0) {
    const scripts = await loadAll(paths, common);
    for (const { path, name, steps } of scripts ?? []) {
      announce(`SCRIPT valid ${path}: ${name}, ${steps.length} steps`);
    }
    return scripts === undefined ? exitCodes.invalid : exitCodes.ended;
  }
  announce('USAGE reduced.cjs, reduced.cjs run FILE…, reduced.cjs check FILE…');
  return exitCodes.invalid;
}

main(process.argv.slice(2)).then(
  // What a step has left running is no reason to stay.
  (code) => process.exit(code),
  (error: unknown) => {
    announce(
      `SESSION failed ${error instanceof Error ? (error.stack ?? errorMessage(error)) : String(error)}`,
    );
    process.exit(exitCodes.failed);
  },
);
