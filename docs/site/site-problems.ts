import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** What a built page offers and wants: anchors, links, and files that the browser loads with it. */
interface BuiltPage {
  path: string;
  anchors: ReadonlySet<string>;
  links: readonly string[];
  loads: readonly string[];
}

/**
 * Looks at a built site as a browser will: whether every link and anchor leads to something, and whether anything is
 * loaded from another host.
 *
 * @param base the path of the site on its host, `/` or `/assay/`.
 */
export function siteProblems(folder: string, base: string): { problems: string[]; pages: number } {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const pages = new Map(
    files.filter((file) => file.endsWith('.html')).map((file) => [file, readPage(folder, file)]),
  );
  const problems = [...pages.values()].flatMap((page) => pageProblems(page, pages, folder, base));
  for (const file of files.filter((name) => name.endsWith('.css'))) {
    const text = readFileSync(join(folder, file), 'utf8');
    for (const [, url = ''] of text.matchAll(/(?:url\(|@import )\s*["']?((?:https?:)?\/\/[^"')]+)/g))
      problems.push(`${file} loads ${url} from another host`);
  }
  return { problems, pages: pages.size };
}

function readPage(folder: string, path: string): BuiltPage {
  const html = readFileSync(join(folder, path), 'utf8');
  const tags = [...html.matchAll(/<([a-z][a-z0-9-]*)\s([^>]*)>/g)];
  const valuesOf = (names: readonly string[], attribute: string) =>
    tags
      .filter(([, name = '']) => names.length === 0 || names.includes(name))
      .flatMap(
        ([, , attributes = '']) => new RegExp(`(?:^|\\s)${attribute}="([^"]*)"`).exec(attributes)?.[1] ?? [],
      )
      .map((value) => value.replaceAll('&amp;', '&').replaceAll('&quot;', '"'));
  return {
    path,
    anchors: new Set(valuesOf([], 'id')),
    links: valuesOf(['a'], 'href'),
    loads: [
      ...valuesOf(['script', 'img', 'iframe', 'source', 'video'], 'src'),
      ...valuesOf(['link'], 'href'),
    ],
  };
}

function pageProblems(
  page: BuiltPage,
  pages: ReadonlyMap<string, BuiltPage>,
  folder: string,
  base: string,
): string[] {
  const isElsewhere = (url: string) => /^(?:[a-z][a-z0-9+.-]*:|\/\/)/i.test(url);
  const loads = page.loads.flatMap((url) => {
    if (url.startsWith('data:')) return [];
    if (isElsewhere(url)) return [`${page.path} loads ${url} from another host`];
    return existsSync(join(folder, placeOf(page, url, base)))
      ? []
      : [`${page.path} loads ${url}, which is not there`];
  });
  const links = page.links.filter((url) => !isElsewhere(url));
  const dead = links.flatMap((url) => {
    const anchor = url.includes('#') ? decodeURIComponent(url.slice(url.indexOf('#') + 1)) : '';
    const target = pages.get(placeOf(page, url, base));
    if (target === undefined) return [`${page.path} links to ${url}, which is not there`];
    return anchor === '' || target.anchors.has(anchor)
      ? []
      : [`${page.path} links to ${url}: there is no such place on that page`];
  });
  return [...loads, ...dead];
}

/** The file that a host gives for a URL, relative to the site. */
function placeOf(page: BuiltPage, url: string, base: string): string {
  const path = decodeURIComponent(url.replace(/[?#].*$/, ''));
  if (path === '') return page.path;
  const isInSite = path.startsWith(base);
  const place = path.startsWith('/')
    ? isInSite
      ? path.slice(base.length)
      : join('..', path)
    : relative('.', join(dirname(page.path), path));
  return place === '' || path.endsWith('/') ? join(place, 'index.html') : place;
}
