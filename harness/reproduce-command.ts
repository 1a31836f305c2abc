import type { Scenario } from './scenario.ts';

interface Circumstances {
  seed: string;
  timeoutScale: number;
  /** The mode of all machines: see `MachineModes`. */
  virtualTime?: boolean;
  scenarioPaths?: readonly string[];
}

/** The command that runs one scenario again under the same circumstances (spec H7). */
export function reproduceCommand(
  { name, command = ['run', name] }: Pick<Scenario, 'name' | 'command'>,
  { seed, timeoutScale, virtualTime = false, scenarioPaths = [] }: Circumstances,
): string {
  const scale = timeoutScale === 1 ? [] : ['--timeout-scale', String(timeoutScale)];
  const mode = virtualTime ? ['--virtual-time'] : [];
  const paths = scenarioPaths.flatMap((path) => ['--scenarios', quote(path)]);
  return ['assay', ...command.map(quote), '--seed', quote(seed), ...scale, ...mode, ...paths].join(' ');
}

/** Quotes a word for a POSIX shell where it needs it. */
function quote(word: string): string {
  return /^[\w./:@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
