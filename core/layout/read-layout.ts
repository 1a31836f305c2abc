import { readFile } from 'node:fs/promises';
import { isNode, LineCounter, parseDocument } from 'yaml';
import { parseConfig } from '../../foundation/index.ts';
import { coreErrors } from '../errors.ts';
import { checkLayout } from './check-layout.ts';
import { type Layout, layoutSchema } from './layout-schema.ts';

/** Reads a layout from a file; see {@link parseLayout}. */
export async function readLayout(path: string): Promise<Layout> {
  return parseLayout(await readFile(path, 'utf8'), path);
}

/**
 * Parses and checks the text of a layout (spec M1, R7).
 *
 * @param fileName What errors call it.
 * @throws FOUNDATION_CONFIG_INVALID when it does not follow the schema, CORE_LAYOUT_INVALID when it is no YAML, does
 * not fit, overlaps, or lies where a loader lives. Every problem is named with its line.
 */
export function parseLayout(text: string, fileName: string): Layout {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    throw invalid(
      fileName,
      document.errors.map(({ message, pos }) => `line ${lines.linePos(pos[0]).line}: ${message}`),
    );
  }
  const locate = (path: readonly PropertyKey[]) => `line ${findLine(document, lines, path)}`;
  const layout = parseConfig(layoutSchema, document.toJS(), `the layout ${fileName}`, locate);
  const problems = checkLayout(layout);
  if (problems.length > 0) {
    throw invalid(
      fileName,
      problems.map(({ path, problem }) => `${locate(path)}: ${problem}`),
    );
  }
  return layout;
}

/** The line of the deepest part of `path` that the text has. */
function findLine(
  document: ReturnType<typeof parseDocument>,
  lines: LineCounter,
  path: readonly PropertyKey[],
): number {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const node = document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

function invalid(fileName: string, problems: readonly string[]): Error {
  return coreErrors.CORE_LAYOUT_INVALID({
    tried: `read the layout ${fileName}`,
    where: fileName,
    got: problems.join('\n            '),
  });
}
