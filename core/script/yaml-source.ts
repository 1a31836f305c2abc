import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';

/** A YAML text as plain values, which knows the lines of what it holds. */
export interface YamlSource {
  value: unknown;
  /** The line on which the deepest part of `path` that the text has begins: a key's line, not that of its value. */
  lineOf(path: readonly PropertyKey[]): number;
  /** What is wrong with it as YAML; then `value` is not to be used. */
  problems: readonly YamlProblem[];
}

export interface YamlProblem {
  line: number;
  text: string;
}

/** Parses YAML 1.2. Pure; never throws. */
export function parseYaml(text: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const found = [...document.errors, ...document.warnings];
  const problems = found.map(({ message, pos }) => ({ line: lines.linePos(pos[0]).line, text: message }));
  const lineOf = (path: readonly PropertyKey[]) => {
    const offset = offsetOf(document.contents, path);
    return offset === undefined ? 1 : lines.linePos(offset).line;
  };
  if (problems.length > 0) return { value: undefined, lineOf, problems };
  try {
    return { value: document.toJS(), lineOf, problems };
  } catch (error) {
    // An alias without its anchor, or so many of them that the value would be huge.
    return { value: undefined, lineOf, problems: [{ line: 1, text: (error as Error).message }] };
  }
}

function offsetOf(root: Node | null, path: readonly PropertyKey[]): number | undefined {
  let node: unknown = root;
  let offset = root?.range?.[0];
  for (const key of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      if (pair === undefined) return offset;
      offset = (pair.key as Node).range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(key)];
      offset = (node as Node | undefined)?.range?.[0] ?? offset;
    } else return offset;
  }
  return offset;
}
