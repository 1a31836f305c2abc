import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { makePlace } from '../../tests/command-line.ts';
import { ownVersion } from '../own-version.ts';

/** Scenarios that need no machine, each ending in another way. */
const liars = `
const plain = { summary: 'a liar', needs: { machines: 0 } };
const brief = { ...plain, timeoutMs: 300 };
scenario('it-passes', { ...plain, tags: ['good'] }, async (bench) => {
  await bench.step('outer', () => bench.step('inner', () => bench.note('inside')));
  bench.check('one is one', { a: [1] }, { a: [1] });
  bench.measure('boot', 2.5, 's');
});
scenario('check-fails', plain, async (bench) => {
  bench.defer('undo', () => { throw new Error('the undo failed, too'); });
  await bench.step('look', () => bench.check('trees agree', { a: [1, 2] }, { a: [1, 3] }));
});
scenario('assert-fails', plain, () => { assert.equal(1, 2); });
scenario('throws', plain, () => { throw new TypeError('oops'); });
scenario('throws-a-word', plain, () => { throw 'a word'; });
scenario('disk-is-full', plain, () => { throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' }); });
scenario('hangs', brief, async (bench) => { await bench.step('wait for ever', () => new Promise(() => {})); });
scenario('hears-the-abort', brief, async (bench) => {
  await new Promise((_, reject) => bench.signal.addEventListener('abort', () => reject(new Error('body on its way out'))));
});
scenario('cleanup-fails', plain, (bench) => { bench.defer('undo', () => { throw new Error('no undo'); }); });
scenario('strays', brief, async () => { void Promise.reject(new Error('alone')); await new Promise(() => {}); });
scenario('stray-callback', brief, async () => { setTimeout(() => { throw new Error('in a timer'); }, 1); await new Promise(() => {}); });
scenario('skips', plain, (bench) => bench.skip('no such hardware'));
scenario('disposal-fails-after-a-failure', plain, async () => {
  await using thing = { async [Symbol.asyncDispose]() { throw new Error('disposal'); } };
  assert.ok(thing === undefined, 'the product is wrong');
});
scenario('too-large', { ...plain, needs: { machines: 0, memoryMiB: 100_000_000 } }, () => {});
scenario('artifact-is-missing', plain, (bench) => bench.artifact('/no/such/file', 'log'));
`;

/** A scenario without a machine that takes too long; on a host that holds the runner up for seconds the host is blamed, rightly. */
const outOfTime = 'HARNESS_SCENARIO_HUNG';
const calm = (code?: string) => (code === 'HARNESS_SCENARIO_STALLED' ? outOfTime : code);

t.test('each liar gets the outcome that it deserves', async (t) => {
  await using place = await makePlace({ 'liars.ts': liars });
  const { exitCode, stdout } = await place.assay(['run', '--jobs', '4']);
  t.equal(exitCode, 1, 'a failure of the product comes before errors');
  const summary = (await place.readRun('summary.json')) as Summary;
  t.match(summary, { assayVersion: await ownVersion(), host: { nodeVersion: process.versions.node } });
  const outcomes = summary.scenarios.map(({ name, outcome, error }) => [name, outcome, calm(error?.code)]);
  t.same(Object.fromEntries(outcomes.map(([name, ...rest]) => [name, rest])), {
    'it-passes': ['passed', undefined],
    'check-fails': ['failed', 'HARNESS_CHECK_FAILED'],
    'assert-fails': ['failed', 'HARNESS_ASSERTION_FAILED'],
    throws: ['errored', 'HARNESS_SCENARIO_THREW'],
    'throws-a-word': ['errored', 'HARNESS_SCENARIO_THREW'],
    'disk-is-full': ['errored', 'FOUNDATION_DISK_FULL'],
    hangs: ['errored', outOfTime],
    'hears-the-abort': ['errored', outOfTime],
    'cleanup-fails': ['errored', 'HARNESS_CLEANUP_FAILED'],
    strays: ['errored', 'HARNESS_STRAY_ERROR'],
    'stray-callback': ['errored', 'HARNESS_STRAY_ERROR'],
    skips: ['skipped', undefined],
    'disposal-fails-after-a-failure': ['failed', 'HARNESS_ASSERTION_FAILED'],
    'too-large': ['errored', 'HARNESS_MEMORY_SHORT'],
    'artifact-is-missing': ['errored', 'HARNESS_ARTIFACT_MISSING'],
  });
  t.match(stdout, '1 passed, 3 failed, 10 errored, 1 skipped');

  const of = (name: string) => summary.scenarios.find((scenario) => scenario.name === name)!;
  const failed = of('check-fails');
  t.match(
    failed.error?.related,
    [{ relation: 'followed by', code: 'HARNESS_CLEANUP_FAILED' }],
    'attached, not hiding',
  );
  t.match(failed.error?.facts?.difference, '+     2', 'the difference is shown');
  t.match(failed.reproduce, /^assay run check-fails --seed \w+$/);
  t.match(of('throws').error?.stack, 'liars.ts', "the stack is the scenario's");
  t.match(of('hangs').error?.facts?.where, 'wait for ever', 'the step is named');
  t.match(of('disposal-fails-after-a-failure').error?.related, [
    { relation: 'followed by', facts: { got: 'Error: disposal' } },
  ]);
  t.equal(of('skips').reason, 'no such hardware');

  const run = join(place.folder, '.assay/runs/latest');
  for (const file of ['events.jsonl', 'junit.xml', 'results.tap', 'run.json'])
    t.ok(existsSync(join(run, file)), file);
  t.notOk(existsSync(join(run, 'scenarios/it-passes/work')), 'the work folder of a pass goes');
  t.ok(existsSync(join(run, 'scenarios/hangs/work')), 'that of an error stays');
  t.same(await place.runtimeFolders(), [], 'nothing is left for sockets');
});

interface Summary {
  scenarios: {
    name: string;
    outcome: string;
    repeat: number;
    reason?: string;
    reproduce?: string;
    error?: {
      code: string;
      stack?: string;
      facts?: { got?: string; difference?: string; where?: string };
      related?: unknown[];
    };
  }[];
}

t.test('exit codes', async (t) => {
  await using place = await makePlace({ 'liars.ts': liars });
  const code = async (...words: string[]) => (await place.assay(['run', ...words])).exitCode;
  t.equal(await code('it-passes'), 0);
  t.equal(await code('it-passes', 'skips'), 0, 'a skip beside a pass');
  t.equal(await code('skips'), 3, 'nothing but skips has shown nothing');
  t.equal(await code('it-passes', 'throws'), 3);
  t.equal(await code('it-passes', 'check-fails'), 1);
});

t.test('steps nest, and events know their step', async (t) => {
  await using place = await makePlace({ 'liars.ts': liars });
  await place.assay(['run', 'it-passes']);
  const log = await readFile(join(place.folder, '.assay/runs/latest/events.jsonl'), 'utf8');
  const events = log
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const [outer, inner] = events.filter(({ kind }) => kind === 'step-started');
  t.equal(inner.parentId, outer.stepId);
  t.match(
    events.find(({ kind }) => kind === 'note'),
    { stepId: inner.stepId, text: 'inside' },
  );
  t.notOk('stepId' in events.find(({ kind }) => kind === 'check'), 'the check comes after the steps');
  t.match(events.at(-1), { kind: 'run-ended', interrupted: false, counts: { passed: 1 } });
});

t.test('selection, repeats, --keep, --out, --json', async (t) => {
  await using place = await makePlace({ 'liars.ts': liars });
  const json = await place.assay([
    'run',
    '--tag',
    'good',
    '--repeat',
    '3',
    '--jobs',
    '1',
    '--keep',
    '--out',
    'here',
    '--json',
  ]);
  const summary = JSON.parse(json.stdout) as Summary;
  t.same(
    summary.scenarios.map(({ name, repeat }) => [name, repeat]),
    [1, 2, 3].map((repeat) => ['it-passes', repeat]),
  );
  t.match(json.stderr, 'it-passes', 'progress goes to stderr');
  t.ok(existsSync(join(place.folder, 'here/scenarios/it-passes.2/work')), 'kept');
  const again = await place.assay(['run', 'it-passes', '--out', 'here']);
  t.equal(again.exitCode, 3);
  t.match(again.stderr, /an empty folder[\s\S]*HARNESS_FOLDER_UNUSABLE/);
  const listed = await place.assay(['list', '--grep', '^(hangs|skips)$', '--json']);
  t.same(
    JSON.parse(listed.stdout).scenarios.map(({ name }: { name: string }) => name),
    ['hangs', 'skips'],
  );
});

t.test('artifacts are copied out of the work folder', async (t) => {
  const writes = `
    import { writeFileSync } from 'node:fs';
    scenario('writes', { summary: 's', needs: { machines: 0 } }, async (bench) => {
      writeFileSync(bench.workFolder + '/found.json', '{}');
      await bench.artifact(bench.workFolder + '/found.json', 'json');
    });`;
  await using place = await makePlace({ 'writes.ts': writes });
  t.equal((await place.assay(['run'])).exitCode, 0);
  t.ok(existsSync(join(place.folder, '.assay/runs/latest/scenarios/writes/found.json')));
});
