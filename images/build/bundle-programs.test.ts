import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { bundlePrograms } from './bundle-programs.ts';

/** A repository with two programs, a test, and a package that is CommonJS. */
const repository = () => ({
  node_modules: { old: { 'index.cjs': 'module.exports = require("node:path").basename("/x/old");' } },
  programs: {
    'hello.ts':
      "import old from '../node_modules/old/index.cjs';\nconst name: string = old;\nconsole.log('hello', name);\n",
    'hello.test.ts': 'throw new Error("a test is no program");\n',
    'other.ts': 'export const other: number = 1;\n',
    'notes.md': 'nothing\n',
  },
});

t.test('every program becomes one file that runs by itself; tests do not', async (t) => {
  const root = t.testdir({ ...repository(), out: {} });
  const programs = await bundlePrograms('programs', root);
  t.same([...programs.keys()], ['hello.cjs', 'other.cjs']);
  const path = join(root, 'out', 'hello.cjs');
  await writeFile(path, programs.get('hello.cjs')!);
  t.equal((await promisify(execFile)(process.execPath, [path])).stdout, 'hello old\n');
});

t.test('a program that serves HTTP starts without the HTTP client that Node has beside it', async (t) => {
  const source = [
    "import { createServer } from 'node:http';",
    "console.log(typeof createServer, process.moduleLoadList.filter((name) => name.includes('undici')));",
  ];
  const root = t.testdir({ programs: { 'server.ts': source.join('\n') }, out: {} });
  const path = join(root, 'out', 'server.cjs');
  await writeFile(path, (await bundlePrograms('programs', root)).get('server.cjs')!);
  t.equal((await promisify(execFile)(process.execPath, [path])).stdout, 'function []\n');
});

t.test('the same sources give the same bytes, wherever they lie', async (t) => {
  const folder = t.testdir({ here: repository(), there: { deeper: repository() } });
  const here = await bundlePrograms('programs', join(folder, 'here'));
  const there = await bundlePrograms('programs', join(folder, 'there', 'deeper'));
  t.ok(here.size > 0);
  for (const [name, content] of here) t.equal(String(content), String(there.get(name)), name);
});

t.test('without programs there is nothing to bundle', async (t) => {
  t.equal((await bundlePrograms('programs', t.testdir({ programs: {} }))).size, 0);
  t.equal((await bundlePrograms('absent', t.testdir({}))).size, 0);
});

t.test('a program that cannot be bundled is named', async (t) => {
  const root = t.testdir({ programs: { 'bad.ts': "import './absent.ts';\n" } });
  await t.rejects(bundlePrograms('programs', root), {
    code: 'IMAGES_PROGRAMS_INVALID',
    message: /absent\.ts/,
  });
});
