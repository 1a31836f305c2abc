import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { headingAnchor } from '../docs/site/heading-anchor.ts';

/** A page of the repository; its path is relative to the repository. */
export interface Page {
  path: string;
  text: string;
}

/** What is not written by hand. */
const skippedFolders = ['node_modules', 'generated', 'dist'];

/** Every Markdown file below a folder, sorted. */
export function markdownPages(base: string, folder = base): Page[] {
  const entries = readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !name.startsWith('.'));
  return entries
    .sort((left, right) => (left.name < right.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return skippedFolders.includes(entry.name) ? [] : markdownPages(base, path);
      if (!entry.isFile() || !entry.name.endsWith('.md')) return [];
      return [{ path: relative(base, path), text: readFileSync(path, 'utf8') }];
    });
}

/**
 * The links of pages that lead to a file or an anchor which is not there, as one reads them on GitHub. Links to other
 * hosts are not followed.
 *
 * @param isThere whether the repository holds a file or folder of that path.
 */
export function linkProblems(pages: readonly Page[], isThere: (path: string) => boolean): string[] {
  const anchors = new Map(pages.map((page) => [page.path, anchorsOf(page.text)]));
  return pages.flatMap((page) =>
    linksOf(page.text).flatMap(({ line, target }) => {
      const problem = problemOf(page, target, anchors, isThere);
      return problem === undefined ? [] : [`${page.path}:${line} links to ${target}: ${problem}`];
    }),
  );
}

function problemOf(
  page: Page,
  target: string,
  anchors: ReadonlyMap<string, ReadonlySet<string>>,
  isThere: (path: string) => boolean,
): string | undefined {
  if (/^(?:[a-z][a-z0-9+.-]*:|\/\/)/i.test(target)) return undefined;
  if (target.startsWith('/')) return 'a link is relative to its page';
  const [encoded = '', anchor] = target.split('#', 2);
  const path =
    encoded === '' ? page.path : join(dirname(page.path), decodeURIComponent(encoded)).replace(/\/$/, '');
  if (path.startsWith('..')) return 'it lies outside of the repository';
  if (!isThere(path)) return 'there is no such file';
  if (anchor === undefined) return undefined;
  // Of a folder, its README.md is shown.
  const known = anchors.get(path) ?? anchors.get(join(path, 'README.md'));
  if (known === undefined) return basename(path).includes('.') ? undefined : 'a folder has no anchors';
  return known.has(anchor) ? undefined : 'there is no such heading';
}

/** Links, pictures, definitions of links, and the links of HTML; not what only looks like one in code. */
function linksOf(text: string): { line: number; target: string }[] {
  const prose = withoutCode(text).replace(/(`+)(?!`).*?[^`]\1(?!`)/g, (code) => ' '.repeat(code.length));
  const found = [
    ...prose.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+["'][^)]*["'])?\s*\)/g),
    ...prose.matchAll(/^ {0,3}\[[^\]]+\]:\s*<?([^\s>]+)/gm),
    ...prose.matchAll(/\s(?:href|src)="([^"]+)"/g),
  ];
  return found.map((match) => ({
    line: prose.slice(0, match.index).split('\n').length,
    target: match[1]!,
  }));
}

function anchorsOf(text: string): Set<string> {
  const prose = withoutCode(text);
  const counts = new Map<string, number>();
  const ofHeadings = [...prose.matchAll(/^ {0,3}#{1,6}\s+(.+?)\s*#*\s*$/gm)].map((match) => {
    const words = match[1]!.replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/<[^>]+>|`/g, '');
    const anchor = headingAnchor(words);
    const count = counts.get(anchor) ?? 0;
    counts.set(anchor, count + 1);
    return count === 0 ? anchor : `${anchor}-${count}`;
  });
  const written = [...prose.matchAll(/<[a-z][^>]*\s(?:id|name)="([^"]+)"/g)].map((match) => match[1]!);
  return new Set([...ofHeadings, ...written]);
}

/** The text with its blocks of code and its comments emptied; the lines stay where they are. */
function withoutCode(text: string): string {
  const emptied = (block: string) => block.replace(/[^\n]/g, '');
  return text
    .replace(/^( *)(`{3,}|~{3,})[^\n]*\n[\s\S]*?(?:^ *\2[`~]*[ \t]*$|$(?![\s\S]))/gm, emptied)
    .replace(/<!--[\s\S]*?-->/g, emptied);
}
