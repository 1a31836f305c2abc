import { relative } from 'node:path';
import type { Bench } from '../bench.ts';
import { reproduceCommand } from '../reproduce-command.ts';
import type { Scenario } from '../scenario.ts';

/** The command that makes one state of a recording again, and switches the machine on with it. */
export function repeatCommand(
  { name }: Pick<Scenario, 'name'>,
  recordingFolder: string,
  state: string,
  { seed, timeoutScale }: Pick<Bench, 'seed' | 'timeoutScale'>,
): string {
  const folder = relative(process.cwd(), recordingFolder) || '.';
  const command = ['explore', name, '--recording', folder, '--state', state];
  return reproduceCommand({ name, command }, { seed, timeoutScale });
}

/** For an error: what was to be repeated. */
export function describeRepeat(recordingFolder: string, states: readonly string[]): string {
  return `explore ${states.join(' and ') || 'the states'} of ${recordingFolder}`;
}
