import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { errorMessage } from '../../foundation/index.ts';
import { announce } from '../appliance/announce.ts';
import {
  exitCodes,
  loadAll,
  readMediumConfiguration,
  runAgent,
  runScripts,
  runSession,
  sessionPlaces,
} from '../reduced/index.ts';
import { runProgram } from '../script/index.ts';
import { stepKinds } from '../script/steps/index.ts';

/**
 * Scripts in the reduced operating system (spec R5): without words the session of the console; by hand at the prompt
 * `run FILE…`, `check FILE…`, and `agent`, which takes scripts from afar (spec R10).
 */
async function main([command, ...paths]: readonly string[]): Promise<number> {
  const given = new AbortController();
  // Only this one: at a restart init ends all programs, and what they run, and that is no failure to be told.
  process.on('SIGINT', () => given.abort(new Error('interrupted')));
  const { mediumFolder, stateFolder } = sessionPlaces;
  const common = { announce, kinds: stepKinds, runProgram, signal: given.signal };
  const logPath = join(stateFolder, 'script.log');
  if (command === undefined) return await runSession({ ...common, places: sessionPlaces, startAgent });
  if (command === 'agent' && paths.length === 0) {
    const { agent } = readMediumConfiguration(sessionPlaces);
    if (agent !== undefined) {
      return await runAgent(agent, { ...common, places: sessionPlaces, mediumFolder, logPath });
    }
    announce(
      `AGENT not wanted: neither ${join(mediumFolder, 'medium.yaml')} nor the kernel's arguments have it`,
    );
    return exitCodes.invalid;
  }
  if (command === 'run' && paths.length > 0) {
    return await runScripts(paths, { ...common, mediumFolder, logPath });
  }
  if (command === 'check' && paths.length > 0) {
    const scripts = await loadAll(paths, common);
    for (const { path, name, steps } of scripts ?? []) {
      announce(`SCRIPT valid ${path}: ${name}, ${steps.length} steps`);
    }
    return scripts === undefined ? exitCodes.invalid : exitCodes.ended;
  }
  announce('USAGE reduced.cjs, reduced.cjs run FILE…, reduced.cjs check FILE…, reduced.cjs agent');
  return exitCodes.invalid;
}

/** In a session of its own, so that Ctrl-C at the prompt is the prompt's; what it says comes on the console. */
function startAgent(): void {
  const program = [process.argv[1]!, 'agent'];
  spawn(process.execPath, program, { detached: true, stdio: ['ignore', 'inherit', 'inherit'] }).unref();
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
