import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { makePlace, type Place } from '../../tests/command-line.ts';

const five = `
import { existsSync } from 'node:fs';
const plain = { summary: 's', needs: { machines: 0 } };
scenario('a', { ...plain, timeoutMs: 40 * 60_000 }, () => {});
scenario('b', plain, () => assert.ok(existsSync('mended'), 'b is broken'));
scenario('c', plain, () => { if (!existsSync('mended')) throw new Error('c is broken'); });
scenario('d', plain, () => {});
scenario('e', plain, (bench) => bench.skip('never here'));
`;

const runs = (place: Place) => readdir(join(place.folder, '.assay/runs')).then((names) => names.length - 1);

function namesOf(json: string): string[] {
  return JSON.parse(json).scenarios.map(({ name }: { name: string }) => name);
}

t.test('--last-failed: what did not pass, until nothing is left', async (t) => {
  await using place = await makePlace({ 'five.ts': five });
  const first = await place.assay(['run', '--last-failed']);
  t.equal(first.exitCode, 2);
  t.match(first.stderr, /no runs[\s\S]*HARNESS_RUN_UNKNOWN/);
  t.equal((await place.assay(['run'])).exitCode, 1);

  const listed = await place.assay(['list', '--last-failed', '--json']);
  t.same(namesOf(listed.stdout), ['b', 'c']);
  await writeFile(join(place.folder, 'mended'), '');
  const again = await place.assay(['run', '--last-failed']);
  t.equal(again.exitCode, 0);
  t.match(
    again.stdout,
    /2 of 5 scenarios, by what failed in run \S+, \.assay\/runs\/\S+ \(2 passed, .*\): b, c\n/,
  );
  t.match(again.stdout, /\n2 passed, 0 failed/);

  t.equal(await runs(place), 2);
  const nothing = await place.assay(['run', '--last-failed']);
  t.equal(nothing.exitCode, 0);
  t.match(nothing.stderr, /nothing to run: of 5 scenarios, none failed in run .* \(2 passed, 0 failed/);
  t.equal(await runs(place), 2, 'and there is no run of nothing');
  const json = await place.assay(['run', '--last-failed', '--json']);
  t.match(JSON.parse(json.stdout), { counts: { passed: 0 }, scenarios: [] });
});

t.test('--failed-in another run; filters narrow it; what is gone is named', async (t) => {
  await using place = await makePlace({ 'five.ts': five });
  await place.assay(['run', '--out', 'first']);
  await place.assay(['run', 'a']);
  const listed = await place.assay(['list', '--failed-in', './first', '--grep', '^[abd]$', '--json']);
  t.same(namesOf(listed.stdout), ['b']);
  t.same(namesOf((await place.assay(['list', 'd', '--failed-in', 'first', '--json'])).stdout), []);
  await writeFile(
    join(place.folder, 'scenarios/five.ts'),
    five
      .replace(/^scenario\('b'.*$/m, '')
      .replace(/^/, `import assert from 'node:assert'; import { scenario } from 'assay'; void assert;`),
  );
  const some = await place.assay(['list', '--failed-in', 'first']);
  t.match(some, { exitCode: 0, stdout: /^c /, stderr: /not here any more, though it failed then: b\n/ });
  await rm(join(place.folder, 'scenarios/five.ts'));
  await writeFile(
    join(place.folder, 'scenarios/new.ts'),
    `import { scenario } from 'assay'; scenario('z', { summary: 's' }, () => {});`,
  );
  const none = await place.assay(['run', '--failed-in', 'first']);
  t.match(none, { exitCode: 2, stderr: /b, c: not among the 1 scenarios[\s\S]*HARNESS_NOTHING_SELECTED/ });
});

const endless = `
scenario('first', { summary: 's', needs: { machines: 0 } }, async (bench) => {
  await bench.step('wait for the end', () => new Promise((_, reject) => {
    const alive = setInterval(() => {}, 1000);
    bench.signal.addEventListener('abort', () => { clearInterval(alive); reject(bench.signal.reason); });
  }));
});
scenario('second', { summary: 's', needs: { machines: 0 } }, () => {});
`;

t.test(
  'what an interrupted and what a killed run never came to has not passed; a live one cannot say',
  async (t) => {
    for (const [signal, word] of [
      ['SIGINT', '--last-failed'],
      ['SIGKILL', '--last-failed'],
    ] as const) {
      await using place = await makePlace({ 'endless.ts': endless });
      const { child, ended, shows } = place.start(['run', '--jobs', '1']);
      await shows('wait for the end');
      t.match(await place.assay(['list', word]), { exitCode: 2, stderr: /HARNESS_RUN_LIVE/ });
      child.kill(signal);
      await ended;
      t.same(namesOf((await place.assay(['list', word, '--json'])).stdout), ['first', 'second'], signal);
    }
  },
);

t.test('--shard: list and run divide alike; together they are all', async (t) => {
  await using place = await makePlace({ 'five.ts': five });
  const parts = await Promise.all(
    [1, 2, 3].map(async (number) =>
      namesOf((await place.assay(['list', '--shard', `${number}/3`, '--json'])).stdout),
    ),
  );
  t.same(parts.flat().sort(), ['a', 'b', 'c', 'd', 'e']);
  const { stdout } = await place.assay(['run', '--shard', '2/3', '--json']);
  // They run side by side, and stand there in the order in which they have ended.
  t.same(namesOf(stdout).sort(), parts[1]);
  t.match(JSON.parse(stdout), { shard: { number: 2, of: 3 } });
  t.match(await place.assay(['run', '--shard', '4/3']), { exitCode: 2, stderr: /remedy: .*--shard 1\/3/ });
});

t.test('a shard that gets nothing passes, says so, and is a run for whoever merges', async (t) => {
  await using place = await makePlace({ 'five.ts': five });
  const { exitCode, stdout } = await place.assay(['run', 'a', 'd', '--shard', '3/3', '--out', 'third']);
  t.equal(exitCode, 0);
  t.match(stdout, 'shard 3/3: nothing to run, the other shards have 2 scenarios\n');
  t.match(stdout, /assay run \S+, shard 3\/3\n.*\n\n {2}nothing to run\n/);
  t.match(await readdir(join(place.folder, 'third')), ['events.jsonl']);
  t.match(await place.assay(['list', 'a', '--shard', '2/2']), { exitCode: 0, stdout: '' });
});
