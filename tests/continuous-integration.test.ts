import { execFile } from 'node:child_process';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { root } from './source-files.ts';

interface Programs {
  biome?: number;
  tsc?: number;
  /** The last lines of tap's output file, and its exit code. */
  tap: { summary: string; exitCode: number };
}

/** Runs `.ci/test` over programs that end as they are told to. */
async function runCi(t: { testdir(): string }, { biome = 0, tsc = 0, tap }: Programs) {
  const folder = t.testdir();
  const bin = join(folder, 'node_modules/.bin');
  await mkdir(bin, { recursive: true });
  await cp(join(root, '.ci'), join(folder, '.ci'), { recursive: true });
  const write = (name: string, body: string) =>
    writeFile(join(bin, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  await write('biome', `exit ${biome}`);
  await write('tsc', `exit ${tsc}`);
  const output = `for word; do case $word in --output-file=*) printf '%s\\n' '${tap.summary}' >"\${word#*=}";; esac; done`;
  await write('tap', `${output}\nexit ${tap.exitCode}`);
  const ended = await promisify(execFile)(join(folder, '.ci/test')).catch((error) => error);
  return {
    exitCode: ended.code ?? 0,
    lastLine: ended.stdout.trimEnd().split('\n').at(-1),
    stdout: ended.stdout,
  };
}

const passed = { summary: '# { total: 12, pass: 11, skip: 1 }', exitCode: 0 };

t.test('everything passed', async (t) => {
  t.match(await runCi(t, { tap: passed }), { exitCode: 0, lastLine: '13 passed, 0 failed' });
});

t.test('a failed test, style or type fails', async (t) => {
  const failed = { summary: '# { total: 12, pass: 9, fail: 3 }', exitCode: 1 };
  t.match(await runCi(t, { tap: failed }), { exitCode: 1, lastLine: '11 passed, 3 failed' });
  t.match(await runCi(t, { biome: 1, tap: passed }), { exitCode: 1, lastLine: '12 passed, 1 failed' });
  t.match(await runCi(t, { tsc: 2, tap: passed }), { exitCode: 1, lastLine: '12 passed, 1 failed' });
});

t.test('what tap does not count is a failure all the same', async (t) => {
  t.match(await runCi(t, { tap: { summary: '# { total: 0 }', exitCode: 0 } }), {
    exitCode: 1,
    lastLine: '2 passed, 1 failed',
  });
  t.match(await runCi(t, { tap: { summary: 'Bail out!', exitCode: 0 } }), {
    exitCode: 1,
    lastLine: '2 passed, 1 failed',
  });
  t.match(await runCi(t, { tap: { ...passed, exitCode: 1 } }), {
    exitCode: 1,
    lastLine: '13 passed, 1 failed',
  });
});
