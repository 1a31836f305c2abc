import { relative } from 'node:path';
import { errorMessage } from '../../../foundation/index.ts';
import { eventLine, loadScript, problemLine, runScript, type Script } from '../../script/index.ts';
import type { AgentLine } from '../../script/remote/script-package.ts';
import { writeEvent } from '../journal.ts';
import type { RunSurroundings } from '../run-scripts.ts';

/**
 * Reads a script that was sent, with those that it calls.
 *
 * @returns The script, or everything that is wrong with it, in lines.
 */
export async function loadSentScript(
  path: string,
  folder: string,
  kinds: RunSurroundings['kinds'],
): Promise<{ script: Script } | { problems: string[] }> {
  const { script, problems } = await loadScript(path, kinds);
  if (script !== undefined) return { script };
  // Whoever sent it knows the folder by another name.
  return { problems: problems.map((one) => problemLine({ ...one, file: relative(folder, one.file) })) };
}

/**
 * Runs a script that was sent, and says everything here and to whoever has sent it.
 *
 * @returns What is to be said last.
 */
export async function runSentScript(
  script: Script,
  surroundings: RunSurroundings,
  say: (line: AgentLine) => void,
): Promise<Extract<AgentLine, { type: 'ended' }>> {
  const { kinds, mediumFolder, signal, runProgram } = surroundings;
  const { outcome, error, end } = await runScript(script, {
    ...{ kinds, mediumFolder, signal, runProgram },
    onEvent: (event) => {
      writeEvent(event, surroundings);
      say({ type: 'event', text: eventLine(event) });
    },
  });
  const code = (error as { code?: string } | undefined)?.code;
  const words = error === undefined ? undefined : [code, errorMessage(error)].filter(Boolean).join(': ');
  return { type: 'ended', outcome, end, ...(words !== undefined && { error: words }) };
}
