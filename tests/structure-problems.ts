import { type ImportGraph, importGraph, reachedFrom } from './import-graph.ts';
import { isAllowed, loadsComputedNames, ruleOf } from './import-rules.ts';
import { isTestFile, type SourceFile } from './source-files.ts';

const lineLimit = 300;
const forbiddenNames = ['utils', 'util', 'helpers', 'helper', 'common', 'types', 'manager', 'misc'];

/** What breaks the rules of who may import what (design, "The picture"); test files are exempt. */
export function importProblems(files: readonly SourceFile[]): string[] {
  const shipped = files.filter(({ path }) => !isTestFile(path));
  const graph = importGraph(files);
  return shipped.flatMap(({ path }) => [
    ...directProblems(graph, path),
    ...reachProblems(graph, path),
    ...computedProblems(graph, path),
  ]);
}

function directProblems(graph: ImportGraph, path: string): string[] {
  const rule = ruleOf(path);
  if (rule === undefined) return [`${path} lies in a folder without an import rule`];
  const { files, packages } = graph.get(path)!;
  const problems = files.flatMap((target) => {
    if (!graph.has(target)) return [`${path} imports ${target}, which is not there`];
    if (isTestFile(target)) return [`${path} is shipped and imports the test file ${target}`];
    return isAllowed(rule.mayImport, rule.folder, target) ? [] : [`${path} may not import ${target}`];
  });
  const isScenario = rule.folder === 'scenarios/';
  const self = packages.includes('assay') && !isScenario ? [`${path} imports the package itself`] : [];
  return [...problems, ...self];
}

/** Shipped code reaches no test file, and the witness nothing but foundation, through any number of others. */
function reachProblems(graph: ImportGraph, path: string): string[] {
  const rule = ruleOf(path);
  if (rule === undefined) return [];
  return [...reachedFrom(graph, path)].flatMap(([target, way]) => {
    const isFree = rule.mayReach === undefined || isAllowed(rule.mayReach, rule.folder, target);
    return isFree && !isTestFile(target) ? [] : [`${path} may not reach ${target}: ${way.join(' > ')}`];
  });
}

function computedProblems(graph: ImportGraph, path: string): string[] {
  const isFree = graph.get(path)!.computed === 0 || loadsComputedNames.includes(path);
  return isFree ? [] : [`${path} imports a file whose name is computed`];
}

/** Files that are too long, or whose names say nothing or are not kebab-case (style 1, 7). */
export function fileProblems(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, text }) => {
    const lines = text.split('\n').length - 1;
    const segments = path.split('/');
    const words = segments.map((segment) => segment.replace(/(\.test)?\.[cm]?ts$/, ''));
    return [
      ...(lines > lineLimit ? [`${path} has ${lines} lines, more than ${lineLimit}`] : []),
      ...words
        .filter((word) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(word))
        .map((word) => `${path}: ${word} is not kebab-case`),
      ...words
        .flatMap((word) => word.split('-'))
        .filter((word) => forbiddenNames.includes(word))
        .map((word) => `${path}: "${word}" does not say what it holds`),
    ];
  });
}

/** An `index.ts` only exports (style 6). */
export function indexProblems(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path }) => path.endsWith('/index.ts'))
    .filter(({ text }) => {
      const rest = text
        .replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
        .replace(/^export\s+(?:type\s+)?(?:\*|\{[^}]*\})\s+from\s+'[^']+';/gm, '');
      return rest.trim() !== '';
    })
    .map(({ path }) => `${path} does more than export from other files`);
}
