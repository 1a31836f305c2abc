import { dirname, join, normalize } from 'node:path';
import type { SourceFile } from './source-files.ts';

/** Relative imports (path of the file imported) and package imports of every file. */
export type ImportGraph = Map<string, { files: string[]; packages: string[]; computed: number }>;

/**
 * Reads the imports of files, type imports included: a type is knowledge of the other folder like any other.
 * Statements are found by their form, which Biome's formatter fixes (they begin a line); comments are taken out.
 */
export function importGraph(files: readonly SourceFile[]): ImportGraph {
  return new Map(files.map((file) => [file.path, importsOf(file)]));
}

/** Every file that `from` reaches, each with the path of imports that leads there. */
export function reachedFrom(graph: ImportGraph, from: string): Map<string, string[]> {
  const reached = new Map<string, string[]>([[from, [from]]]);
  // A Map goes on to what is added while it is walked: this visits everything, nearest first.
  for (const [path, way] of reached) {
    for (const next of graph.get(path)?.files ?? []) {
      if (!reached.has(next)) reached.set(next, [...way, next]);
    }
  }
  reached.delete(from);
  return reached;
}

function importsOf({ path, text }: SourceFile) {
  const code = withoutComments(text);
  const specifiers = [
    ...code.matchAll(/^(?:import|export)\s[^'";]*?\sfrom\s+'([^']+)'/gm),
    ...code.matchAll(/^import\s+'([^']+)'/gm),
    ...code.matchAll(/\bimport\(\s*'([^']+)'/g),
    ...code.matchAll(/\bimport\.meta\.resolve\(\s*'([^']+)'/g),
  ].map((match) => match[1]!);
  const isRelative = (specifier: string) => specifier.startsWith('.');
  return {
    files: specifiers.filter(isRelative).map((specifier) => normalize(join(dirname(path), specifier))),
    packages: specifiers.filter((specifier) => !isRelative(specifier)),
    computed: [...code.matchAll(/\bimport\(\s*[^'\s]/g)].length,
  };
}

/** Blanks out comments; strings are left, so a `//` in one does not begin a comment. */
function withoutComments(text: string): string {
  return text.replace(
    /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g,
    (found, string) => (string === undefined ? found.replace(/[^\n]/g, ' ') : found),
  );
}
