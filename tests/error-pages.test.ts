import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import t from 'tap';
import { root, sourceFiles } from './source-files.ts';

/** The codes of every folder's table, by the name of the page that has to explain them. */
async function codesByPage(): Promise<Map<string, string[]>> {
  const tables = sourceFiles(root).filter(({ path }) => /(^|\/)errors\.ts$/.test(path));
  const codes = new Map<string, string[]>();
  for (const { path } of tables) {
    const exported = await import(pathToFileURL(join(root, path)).href);
    // A table explains itself on the page of its own folder: harness/witness/errors.ts on witness.md.
    const page = basename(dirname(path));
    const own = Object.values(exported).flatMap((table) => Object.keys(table as object));
    codes.set(page, [...(codes.get(page) ?? []), ...own]);
  }
  return codes;
}

function headings(page: string): string[] {
  const text = readFileSync(join(root, 'docs/errors', `${page}.md`), 'utf8');
  return [...text.matchAll(/^## (\S+)$/gm)].map((match) => match[1]!);
}

t.test('every error code has its section, and every section its code', async (t) => {
  const codes = await codesByPage();
  t.ok(codes.has('foundation') && codes.has('harness'), 'tables were found');
  for (const [page, own] of codes) {
    t.same(headings(page).sort(), [...own].sort(), `docs/errors/${page}.md`);
    for (const code of own)
      t.match(
        code,
        new RegExp(`^${page.toUpperCase().replaceAll('-', '_')}_`),
        `${code} begins as its folder`,
      );
  }
  const pages = readdirSync(join(root, 'docs/errors')).map((name) => name.replace('.md', ''));
  t.same(
    pages.filter((page) => !codes.has(page)),
    [],
    'no page without a table',
  );
});

t.test('no section is empty', async (t) => {
  for (const page of readdirSync(join(root, 'docs/errors'))) {
    const text = readFileSync(join(root, 'docs/errors', page), 'utf8');
    for (const section of text.split(/^## /m).slice(1)) {
      const [code, ...words] = section.trim().split('\n');
      t.ok(words.join('').trim().length > 20, `${code} says something`);
    }
  }
});
