import type { StepKindOptions } from './call-step.ts';
import { scriptErrors } from './errors.ts';
import { loadScript, type ScriptProblem } from './load-script.ts';
import type { Script } from './script.ts';

/**
 * Reads a script and all that it calls, and checks them whole, so that nothing has been done when something is wrong in
 * the last line of the last of them (spec R5).
 *
 * @param kinds The steps that there are; `call` is the language's own.
 * @throws SCRIPT_INVALID with every problem of every file: `FILE, line N: …`.
 */
export async function readScript(path: string, kinds: readonly StepKindOptions[]): Promise<Script> {
  const { script, problems } = await loadScript(path, kinds);
  if (script !== undefined) return script;
  throw scriptErrors.SCRIPT_INVALID({
    tried: `read the script ${path}`,
    got: problems.map(problemLine).join('\n            '),
  });
}

/** A problem in one line, as people and editors read it: `install.yaml, line 7: …`. */
export function problemLine({ file, line, text }: ScriptProblem): string {
  return line === undefined ? `${file}: ${text}` : `${file}, line ${line}: ${text}`;
}
