import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EventError } from '../reports/index.ts';
import { sourceText } from './loaded-sources.ts';

/** Assay's own folders, and what npm has installed beside them: no line in there is the scenario's. */
const ownRoot = fileURLToPath(new URL('..', import.meta.url));
const ownFolders = ['foundation', 'core', 'vm', 'images', 'reports', 'harness', 'bench', 'node_modules'];

/** Lines shown before and after the one that failed. */
const contextLines = 2;
const maxColumns = 160;

interface Frame {
  path: string;
  line: number;
  column: number;
}

/**
 * The line of the scenario that an error comes from: the first frame of its stack outside of Assay, Node and npm's
 * packages, with its neighbours and a mark. Undefined when no frame is the user's, or its source cannot be read.
 */
export function failedSource(error: unknown): EventError['source'] {
  if (!(error instanceof Error) || typeof error.stack !== 'string') return undefined;
  const frame = framesOf(error.stack).find(({ path }) => isUsers(path));
  if (frame === undefined) return undefined;
  const text = sourceText(frame.path);
  if (text === undefined) return undefined;
  const lines = text.split(/\r?\n/);
  if (frame.line > lines.length) return undefined;
  return { file: relative(process.cwd(), frame.path), line: frame.line, excerpt: excerptOf(lines, frame) };
}

/** The frames of a stack that lie in files: `at check (file:///home/me/scenarios/x.ts:12:9)`. */
function framesOf(stack: string): Frame[] {
  return stack.split('\n').flatMap((text) => {
    const [, place, line, column] =
      /^\s+at (?:.* )?\(?((?:file:\/\/)?\/[^()]+):(\d+):(\d+)\)?$/.exec(text) ?? [];
    if (place === undefined) return [];
    const path = place.startsWith('file:') ? fileURLToPath(place.split('?', 1)[0]!) : place;
    return [{ path, line: Number(line), column: Number(column) }];
  });
}

function isUsers(path: string): boolean {
  if (path.startsWith(ownRoot)) {
    const [folder] = path.slice(ownRoot.length).split(sep);
    return !ownFolders.includes(folder!);
  }
  return !path.includes(`${sep}node_modules${sep}`);
}

function excerptOf(lines: readonly string[], { line, column }: Frame): string {
  const from = Math.max(1, line - contextLines);
  const to = Math.min(lines.length, line + contextLines);
  const width = String(to).length;
  const shown = lines.slice(from - 1, to).flatMap((text, index) => {
    const number = from + index;
    const numbered = `${number === line ? '>' : ' '} ${String(number).padStart(width)} | ${plain(text)}`;
    if (number !== line || column > maxColumns) return [numbered];
    return [numbered, `  ${' '.repeat(width)} | ${' '.repeat(plain(text.slice(0, column - 1)).length)}^`];
  });
  return shown.map((text) => text.trimEnd()).join('\n');
}

/** Tabs as spaces, so that the mark stands under its column. */
function plain(text: string): string {
  return text.replaceAll('\t', '  ').slice(0, maxColumns);
}
