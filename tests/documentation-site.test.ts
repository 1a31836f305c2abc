import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { generateCommands } from '../docs/site/generate/commands.ts';
import { siteProblems } from '../docs/site/site-problems.ts';
import { commands } from '../harness/cli/command-line.ts';

t.test('every command has its page, with every option and example', async (t) => {
  const folder = join(t.testdir(), 'commands');
  await generateCommands(folder);
  const list = await readFile(join(folder, 'index.md'), 'utf8');
  const names = commands.map(({ usage }) => usage.split(' ')[0]!);
  t.same((await readdir(folder)).sort(), [...names.map((name) => `${name}.md`), 'index.md'].sort());
  for (const name of names) t.ok(list.includes(`(./${name}.md)`), `${name} is listed`);
  for (const command of commands) {
    const page = await readFile(join(folder, `${command.usage.split(' ')[0]}.md`), 'utf8');
    for (const { usage, options, examples } of command.subcommands ?? [command]) {
      t.match(page, new RegExp(`^assay .*${usage.replace(/\W/g, '\\$&')}$`, 'm'), usage);
      for (const option of [...Object.keys(options), 'json', 'help'])
        t.match(page, new RegExp(`^\\| \`--${option}[ \`]`, 'm'), `${usage}: --${option}`);
      for (const [line] of examples) t.ok(page.split('\n').includes(line), line);
    }
  }
});

type Tap = typeof t;

/** The problems of a small built site, which lies below /assay/. */
function problemsOf(t: Pick<Tap, 'testdir'>, body: string, others: Record<string, string> = {}) {
  const page = `<html><head><link rel="stylesheet" href="/assay/style.css"></head><body>${body}</body></html>`;
  const folder = t.testdir({
    'index.html': page,
    'style.css': others['style.css'] ?? '',
    'guide.html': '<h2 id="set-up">Set up</h2>',
    errors: { 'index.html': '<a href="../guide.html#set-up">up</a>' },
  });
  return siteProblems(folder, '/assay/').problems;
}

t.test('a built site without faults', async (t) => {
  const links = [
    '/assay/',
    '/assay/guide.html',
    '/assay/guide.html#set-up',
    '/assay/errors/',
    './guide.html',
  ];
  const body = links.map((link) => `<a class="link" href="${link}">x</a>`).join('');
  t.same(problemsOf(t, `${body}<a href="#here" id="here">x</a><a href="https://example.org/">x</a>`), []);
});

t.test('links that lead nowhere', async (t) => {
  const faults = {
    '/assay/gone.html': 'is not there',
    '/assay/guide.html#gone': 'no such place',
    '#gone': 'no such place',
    '/other/guide.html': 'is not there',
    guide: 'is not there',
  };
  for (const [link, problem] of Object.entries(faults)) {
    const problems = problemsOf(t, `<a href="${link}">x</a>`);
    t.equal(problems.length, 1, link);
    t.match(problems[0], problem);
  }
});

t.test('what a browser loads', async (t) => {
  t.match(problemsOf(t, '<script src="https://example.org/x.js"></script>'), [
    'loads https://example.org/x.js',
  ]);
  t.match(problemsOf(t, '<img alt="" src="//example.org/x.png">'), ['from another host']);
  t.match(problemsOf(t, '<img src="/assay/gone.png">'), ['loads /assay/gone.png, which is not there']);
  t.same(problemsOf(t, '<img src="data:image/png;base64,AA">'), []);
  const css = '@font-face { src: url(https://example.org/x.woff2) }';
  t.match(problemsOf(t, '', { 'style.css': css }), ['style.css loads https://example.org/x.woff2']);
  t.same(problemsOf(t, '', { 'style.css': 'a { background: url("data:image/svg+xml,x") }' }), []);
});
