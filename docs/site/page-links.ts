import { dirname, join, relative, sep } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';

const repository = join(import.meta.dirname, '../..');

/** Where pages of the repository that are not below `docs/`, or folders, are found on the site. */
const placesOnSite = new Map([
  ['README.md', '/'],
  ['docs/README.md', '/'],
  ['docs/errors', '/errors/'],
  ['CHANGELOG.md', '/changelog.md'],
]);

/**
 * Links that are written for a reader of the repository lead to the same thing on the site. What the site does not
 * hold (source files, folders) keeps its text and loses its link.
 */
export function mapPageLinks(markdown: MarkdownRenderer): void {
  markdown.core.ruler.push('page-links', ({ tokens, env }) => {
    const path: string | undefined = env.realPath ?? env.path;
    // Titles are rendered once more on their own, of no page.
    if (path === undefined) return;
    const page = relative(repository, path);
    // The pages of the site itself, written or generated, link to each other as they lie on the site.
    const isIncluded = page === join('docs/site/changelog.md');
    if (page.startsWith(`docs${sep}site${sep}`) && !isIncluded) return;
    const folder = isIncluded ? '.' : dirname(page);
    for (const { children } of tokens) {
      let droppedLinks = 0;
      for (const token of children ?? []) {
        if (token.type === 'link_open') {
          const target = placeOnSite(folder, token.attrGet('href') ?? '');
          if (target === undefined) {
            droppedLinks += 1;
            token.tag = 'span';
            token.attrs = null;
            token.type = 'span_open';
          } else token.attrSet('href', target);
        } else if (token.type === 'link_close' && droppedLinks > 0) {
          droppedLinks -= 1;
          token.tag = 'span';
          token.type = 'span_close';
        }
      }
    }
  });
}

/** @returns undefined when the site does not hold it. */
function placeOnSite(folder: string, href: string): string | undefined {
  if (href === '' || /^(?:[a-z][a-z0-9+.-]*:|#|\/)/i.test(href)) return href;
  const [path = '', anchor] = href.split('#', 2);
  const target = join(folder, decodeURI(path)).replace(/\/$/, '');
  const suffix = anchor === undefined ? '' : `#${anchor}`;
  const known = placesOnSite.get(target);
  if (known !== undefined) return `${known}${suffix}`;
  return /^docs\/.*\.md$/.test(target) ? `/${relative('docs', target)}${suffix}` : undefined;
}
