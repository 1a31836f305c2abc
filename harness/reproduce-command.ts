interface Circumstances {
  seed: string;
  timeoutScale: number;
  scenarioPaths?: readonly string[];
}

/** The command that runs one scenario again under the same circumstances (spec H7). */
export function reproduceCommand(
  name: string,
  { seed, timeoutScale, scenarioPaths = [] }: Circumstances,
): string {
  const scale = timeoutScale === 1 ? [] : ['--timeout-scale', String(timeoutScale)];
  const paths = scenarioPaths.flatMap((path) => ['--scenarios', quote(path)]);
  return ['assay', 'run', name, '--seed', quote(seed), ...scale, ...paths].join(' ');
}

/** Quotes a word for a POSIX shell where it needs it. */
function quote(word: string): string {
  return /^[\w./:@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
