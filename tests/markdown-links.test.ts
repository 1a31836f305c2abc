import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { linkProblems, markdownPages } from './markdown-links.ts';
import { root } from './source-files.ts';

t.test('every link of every page leads to something', async (t) => {
  const pages = markdownPages(root);
  const paths = pages.map(({ path }) => path);
  for (const path of ['README.md', 'CHANGELOG.md', 'docs/README.md', 'docs/errors/core.md'])
    t.ok(paths.includes(path), `${path} was read`);
  t.notOk(
    paths.some((path) => path.includes('node_modules')),
    'packages are left alone',
  );
  t.same(
    linkProblems(pages, (path) => existsSync(join(root, path))),
    [],
  );
});

/** The problems of README.md in a small tree of pages. */
function problemsOf(text: string, others: Record<string, string> = {}): string[] {
  const tree = { 'README.md': text, ...others };
  const pages = Object.entries(tree).map(([path, text]) => ({ path, text }));
  return linkProblems(pages, (path) => path in tree || ['docs', 'assay', 'docs/picture.png'].includes(path));
}

t.test('what is not there is found, in every form of a link', async (t) => {
  const gone = ['README.md:1 links to gone.md: there is no such file'];
  t.same(problemsOf('see [it](gone.md)'), gone);
  t.same(problemsOf('see [`it`](gone.md "title")'), gone);
  t.same(problemsOf('![a picture](<gone.md>)'), gone);
  t.same(problemsOf('<img alt="" src="gone.md">'), gone);
  t.same(problemsOf('[it]: gone.md'), gone);
  t.same(problemsOf('[one](docs) and [other](gone.md)'), gone);
  t.match(problemsOf('# A\n\n```sh\n[x](y)\n```\n\n[it](gone.md)'), ['README.md:7 links']);
  t.match(problemsOf('[it](/docs)'), ['a link is relative to its page']);
  t.match(problemsOf('[it](../elsewhere)'), ['outside of the repository']);
});

t.test('pages link from where they lie', async (t) => {
  const others = { 'docs/errors/core.md': '[up](../concepts.md) [back](../../README.md)' };
  t.match(problemsOf('', others), ['docs/errors/core.md:1 links to ../concepts.md']);
  t.same(problemsOf('', { ...others, 'docs/concepts.md': '' }), []);
});

t.test('anchors are those of headings, as GitHub makes them', async (t) => {
  const page = [
    '# A page',
    '## VM_CONSOLE_TIMEOUT',
    '## `scenario(name, options, body)`',
    "## What one sees, and what one doesn't",
    '## [Linked](x) Überschrift',
    '## Twice',
    '## Twice',
    '<a id="by-hand"></a>',
    '```\n# Not a heading\n```',
  ].join('\n\n');
  const others = { 'docs/page.md': page, x: '', 'docs/x': '' };
  const anchors = [
    'vm_console_timeout',
    'scenarioname-options-body',
    'what-one-sees-and-what-one-doesnt',
    'linked-überschrift',
    'twice',
    'twice-1',
    'by-hand',
  ];
  for (const anchor of anchors) t.same(problemsOf(`[it](docs/page.md#${anchor})`, others), [], anchor);
  for (const anchor of ['vm-console-timeout', 'twice-2', 'not-a-heading', ''])
    t.match(problemsOf(`[it](docs/page.md#${anchor})`, others), ['there is no such heading'], anchor);
  t.same(problemsOf('# Here\n\n[up](#here)'), []);
  t.match(problemsOf('# Here\n\n[up](#there)'), ['README.md:3 links to #there: there is no such heading']);
  t.match(problemsOf('[it](docs#some)'), ['a folder has no anchors']);
  t.same(problemsOf('[it](docs#all-pages)', { 'docs/README.md': '# All pages' }), []);
});

t.test('code, comments and other hosts are left alone', async (t) => {
  const texts = [
    '```md\n[it](gone.md)\n```',
    '~~~\n[it](gone.md)\n~~~',
    '- a list\n\n  ```\n  [it](gone.md)\n  ```',
    '```\nnever closed [it](gone.md)',
    'write `[it](gone.md)` or ``[`it`](gone.md)``',
    '<!-- [it](gone.md) -->',
    '[it](https://example.org/gone.md#x) [it](mailto:a@example.org)',
    '[it](docs) [it](assay) ![it](docs/picture.png)',
  ];
  for (const text of texts) t.same(problemsOf(text), [], text);
});
