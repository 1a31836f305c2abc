import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { root } from '../../tests/source-files.ts';

/** Writes the address of every module that is loaded to stderr. */
const hook = `
import { registerHooks } from 'node:module';
registerHooks({
  load(url, context, next) {
    process.stderr.write(url + '\\n');
    return next(url, context);
  },
});`;

async function loadedBy(words: readonly string[]): Promise<string[]> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const { stderr } = await promisify(execFile)(
    join(root, 'node_modules/.bin/node'),
    [
      '--import',
      `data:text/javascript,${encodeURIComponent(hook)}`,
      join(root, 'harness/cli/main.ts'),
      ...words,
    ],
    { env: Object.fromEntries(Object.entries(env).filter(([name]) => !/^_?TAP/.test(name))) },
  );
  return stderr.split('\n').filter((line) => line.includes('/harness/'));
}

/** What takes long to load, and only commands need that run something with it. */
const late = /\/harness\/(drills\/catalogue|explorer|shrink)\//;

t.test('no command loads the catalogue of faults and the explorer before it runs', async (t) => {
  const loaded = await loadedBy(['list', '--help']);
  t.ok(
    loaded.some((url) => url.endsWith('/harness/cli/commands/drill.ts')),
    'the commands themselves are loaded',
  );
  t.same(
    loaded.filter((url) => late.test(url)),
    [],
  );
});

t.test('one that runs does', async (t) => {
  const loaded = await loadedBy(['drill', '--list', 'reset']);
  t.ok(loaded.some((url) => url.includes('/harness/drills/catalogue/')));
});
