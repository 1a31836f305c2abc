import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { DefaultTheme } from 'vitepress';
import { errorPages } from './error-pages.ts';

type Item = DefaultTheme.SidebarItem;

const docsFolder = join(import.meta.dirname, '..');

/** The pages of the guide in the order in which one reads them; a page that is missing here comes under "More". */
const guide: readonly (readonly [heading: string, pages: readonly string[]])[] = [
  ['Begin', ['getting-started', 'concepts', 'package']],
  [
    'Test',
    [
      'scenarios',
      'witness',
      'drills',
      'faults',
      'explorer',
      'durability',
      'validate-your-master',
      'validate',
      'profile',
      'findings',
      'proven-disks',
      'certificate',
      'cli',
      'reports',
      'verdicts',
      'reproduce',
      'record-and-replay',
      'continuous-integration',
    ],
  ],
  [
    'Build',
    ['layouts', 'images', 'recovery-medium', 'scripts', 'logic-file', 'known-state', 'cloning', 'lcd'],
  ],
  ['Assay itself', ['architecture', 'benchmarks']],
];

/** What the bar at the top of every page leads to. */
export const topBar: DefaultTheme.NavItem[] = [
  { text: 'Guide', link: '/getting-started', activeMatch: activeMatchOfGuide() },
  { text: 'Commands', link: '/commands/', activeMatch: '^/commands/' },
  { text: 'Scenario API', link: '/api/', activeMatch: '^/api/' },
  { text: 'Errors', link: '/errors/', activeMatch: '^/errors/' },
  { text: 'Changelog', link: '/changelog' },
];

/** The lists of pages beside a page, by the part of the site. The generated pages have to be there. */
export function sidebars(): DefaultTheme.SidebarMulti {
  return {
    '/commands/': [{ text: 'Commands', link: '/commands/', items: commandItems() }],
    '/api/': [{ text: 'Scenario API', link: '/api/' }, ...interfaceItems()],
    '/errors/': [{ text: 'Error codes', link: '/errors/', items: errorPages().map(errorItem) }],
    '/': guideItems(),
  };
}

function guideItems(): Item[] {
  const listed = guide.flatMap(([, pages]) => pages);
  const others = readdirSync(docsFolder)
    .filter((file) => file.endsWith('.md') && file !== 'README.md')
    .map((file) => basename(file, '.md'))
    .filter((page) => !listed.includes(page));
  const sections = [...guide, ['More', others] as const];
  const items = sections.map(([text, pages]) => ({ text, items: pages.flatMap(guideItem) }));
  const reference: Item[] = topBar.flatMap((item) =>
    'link' in item && item.text !== 'Guide' ? [{ text: item.text, link: item.link as string }] : [],
  );
  return [...items.filter((section) => section.items.length > 0), { text: 'Look up', items: reference }];
}

function guideItem(page: string): Item[] {
  const path = join(docsFolder, `${page}.md`);
  return existsSync(path) ? [{ text: titleOf(path), link: `/${page}` }] : [];
}

function interfaceItems(): Item[] {
  const folder = join(docsFolder, 'site/generated/api');
  const kinds = [
    ['functions', 'Functions'],
    ['classes', 'Classes'],
    ['interfaces', 'Interfaces'],
    ['type-aliases', 'Types'],
    ['variables', 'Constants'],
  ] as const;
  return kinds
    .filter(([kind]) => existsSync(join(folder, kind)))
    .map(([kind, text]) => {
      const names = readdirSync(join(folder, kind)).map((file) => basename(file, '.md'));
      const items = names.sort().map((name) => ({ text: name, link: `/api/${kind}/${name}` }));
      return { text, items, collapsed: false };
    });
}

/** In the order of their list, which is that of --help. */
function commandItems(): Item[] {
  const list = readFileSync(join(docsFolder, 'site/generated/commands/index.md'), 'utf8');
  const names = [...list.matchAll(/\(\.\/([a-z-]+)\.md\)/g)].map((match) => match[1]!);
  return names.map((name) => ({ text: name, link: `/commands/${name}` }));
}

function errorItem({ name }: { name: string }): Item {
  return { text: name, link: `/errors/${name}` };
}

function titleOf(path: string): string {
  return /^# (.+)$/m.exec(readFileSync(path, 'utf8'))?.[1]?.replaceAll('`', '') ?? basename(path, '.md');
}

/** The guide is every page at the top but the changelog. */
function activeMatchOfGuide(): string {
  return '^/(?!changelog)[a-z-]+(?:\\.html)?$';
}
