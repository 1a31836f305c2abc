import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { makePlace } from '../../tests/command-line.ts';

/** `flaky` fails at its first two starts; a file beside the scenarios counts them. */
const unsteady = `
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
const plain = { summary: 's', needs: { machines: 0 } };
scenario('flaky', plain, (bench) => {
  appendFileSync('starts', '.');
  writeFileSync(bench.evidenceFolder + '/seen', '');
  assert.ok(readFileSync('starts', 'utf8').length > 2, 'not yet');
});
scenario('steady', plain, () => {});
scenario('broken', plain, () => { throw new Error('always'); });
`;

interface Summary {
  counts: Record<string, number>;
  plannedScenarios: number;
  scenarios: { scenarioId: string; attempt: number; isFinal: boolean; isFlaky: boolean; outcome: string }[];
}

t.test('without retries nothing is tried again', async (t) => {
  await using place = await makePlace({ 'unsteady.ts': unsteady });
  const { exitCode, stdout } = await place.assay(['run', 'flaky', 'steady']);
  t.equal(exitCode, 1);
  t.match(stdout, /\n1 passed, 1 failed, 0 errored, 0 skipped\n/);
});

t.test(
  'what passes when it is tried again is flaky, everywhere, and keeps the evidence of each attempt',
  async (t) => {
    await using place = await makePlace({ 'unsteady.ts': unsteady });
    const { exitCode, stdout } = await place.assay(['run', 'flaky', 'steady', '--retries', '3']);
    t.equal(exitCode, 0);
    t.match(stdout, /flaky \(attempt 3\): FLAKY: passed after/, 'the progress');
    t.match(stdout, /\n {2}flaky {4}flaky \(attempt 3\)/, 'the summary');
    t.match(stdout, 'FAILED flaky (attempt 2)  scenarios/unsteady.ts, tried again');
    t.match(stdout, /\n1 passed, 0 failed, 0 errored, 0 skipped, 1 flaky\n/);
    const { counts, plannedScenarios, scenarios } = (await place.readRun('summary.json')) as Summary;
    t.match(counts, { passed: 1, failed: 0, flaky: 1 });
    t.equal(plannedScenarios, 2);
    const attempts = scenarios.filter(({ scenarioId }) => scenarioId.startsWith('flaky'));
    t.same(
      attempts.map(({ scenarioId, attempt, isFinal, isFlaky, outcome }) => [
        scenarioId,
        attempt,
        isFinal,
        isFlaky,
        outcome,
      ]),
      [
        ['flaky', 1, false, false, 'failed'],
        ['flaky.attempt-2', 2, false, false, 'failed'],
        ['flaky.attempt-3', 3, true, true, 'passed'],
      ],
    );
    const run = join(place.folder, '.assay/runs/latest');
    for (const { scenarioId } of attempts)
      t.ok(existsSync(join(run, 'scenarios', scenarioId, 'seen')), scenarioId);
    t.same(await place.runtimeFolders(), []);
  },
);

t.test('--fail-on-flaky', async (t) => {
  await using place = await makePlace({ 'unsteady.ts': unsteady });
  const words = ['run', 'flaky', 'steady', '--retries', '2', '--fail-on-flaky'];
  t.equal((await place.assay(words)).exitCode, 1);
  t.equal((await place.assay(words)).exitCode, 0, 'by now it is steady');
});

t.test('so many retries and no more; each repeat has its own', async (t) => {
  await using place = await makePlace({ 'unsteady.ts': unsteady });
  const { exitCode } = await place.assay(['run', 'broken', '--retries', '1', '--repeat', '2', '--jobs', '1']);
  t.equal(exitCode, 3);
  const { counts, scenarios } = (await place.readRun('summary.json')) as Summary;
  t.same(
    scenarios.map(({ scenarioId }) => scenarioId),
    ['broken.1', 'broken.1.attempt-2', 'broken.2', 'broken.2.attempt-2'],
  );
  t.match(counts, { errored: 2, flaky: 0 });
  t.equal((await place.assay(['run', 'broken', '--retries', 'often'])).exitCode, 2);
});

const slow = `
scenario('fails-when-ended', { summary: 's', needs: { machines: 0 } }, async (bench) => {
  await bench.step('wait for the end', () => new Promise((_, reject) => {
    const alive = setInterval(() => {}, 1000);
    bench.signal.addEventListener('abort', () => { clearInterval(alive); reject(bench.signal.reason); });
  }));
});
`;

t.test('an interruption is no failure that is tried again', async (t) => {
  await using place = await makePlace({ 'slow.ts': slow });
  const { child, ended, shows } = place.start(['run', '--retries', '5']);
  await shows('wait for the end');
  child.kill('SIGINT');
  t.equal((await ended).exitCode, 130);
  t.equal(((await place.readRun('summary.json')) as Summary).scenarios.length, 1);
});
