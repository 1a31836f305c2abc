import t from 'tap';
import { exitCodeOf } from './exit-code.ts';
import type { LoadedScenario } from './load-scenarios.ts';
import { planAttempts, retryOf } from './plan-attempts.ts';
import { reproduceCommand } from './reproduce-command.ts';
import { scenario, takeDeclaredScenarios } from './scenario.ts';
import { selectScenarios } from './select-scenarios.ts';

scenario('damaged-root-recovers', { summary: 'a damaged root is rebuilt', tags: ['recovery'] }, () => {});
scenario(
  'damaged-kernel-recovers',
  { summary: 'a damaged kernel is replaced', tags: ['recovery', 'slow'] },
  () => {},
);
scenario('clones-are-unique', { summary: 'five clones differ', needs: { machines: 5 } }, () => {});
const loaded: LoadedScenario[] = takeDeclaredScenarios().map((declared) => ({
  scenario: declared,
  file: 'a.ts',
}));

function names(selection: { names?: string[]; tags?: string[]; grep?: string }): string[] {
  const all = { names: [], tags: [], ...selection };
  return selectScenarios(loaded, all).map((found) => found.scenario.name);
}

t.test('defaults are filled in', async (t) => {
  t.match(loaded[2]!.scenario, {
    tags: [],
    timeoutMs: 1_200_000,
    needs: { machines: 5, memoryMiB: 5120, cpus: 5 },
  });
});

t.test('names, patterns, tags and words', async (t) => {
  t.equal(names({}).length, 3);
  t.same(names({ names: ['clones-are-unique'] }), ['clones-are-unique']);
  t.same(names({ names: ['damaged-*'] }), ['damaged-root-recovers', 'damaged-kernel-recovers']);
  t.same(names({ names: ['damaged-*', 'clones-are-unique'], tags: ['slow'] }), ['damaged-kernel-recovers']);
  t.same(names({ grep: 'REBUILT' }), ['damaged-root-recovers'], 'the summary counts, and case does not');
  t.throws(() => names({ names: ['damaged-rot-recovers'] }), { code: 'HARNESS_NAME_UNKNOWN' });
  t.throws(() => names({ names: ['none-*'] }), { code: 'HARNESS_NAME_UNKNOWN' });
  t.throws(() => names({ grep: 'nothing' }), { code: 'HARNESS_NOTHING_SELECTED' });
});

t.test('repeats come in rounds, each with a name of its own', async (t) => {
  const planned = planAttempts(loaded.slice(0, 2), 2);
  t.same(
    planned.map(({ id, number, repeat }) => [id, number, repeat]),
    [
      ['damaged-root-recovers.1', 1, 1],
      ['damaged-kernel-recovers.1', 2, 1],
      ['damaged-root-recovers.2', 3, 2],
      ['damaged-kernel-recovers.2', 4, 2],
    ],
  );
  t.match(planAttempts(loaded.slice(0, 1), 1), [{ id: 'damaged-root-recovers' }]);
});

t.test('a retry has an id and a number of its own, whichever repeat it is of', async (t) => {
  const [first] = planAttempts(loaded.slice(0, 1), 1);
  const second = retryOf(first!, 7);
  t.match(second, { id: 'damaged-root-recovers.attempt-2', number: 7, attempt: 2, repeat: 1 });
  t.match(retryOf(second, 8), { id: 'damaged-root-recovers.attempt-3', attempt: 3 });
  const [, repeated] = planAttempts(loaded.slice(0, 1), 2);
  t.match(retryOf(repeated!, 3), { id: 'damaged-root-recovers.2.attempt-2', repeat: 2, attempt: 2 });
});

t.test('the command that runs it again', async (t) => {
  t.equal(reproduceCommand({ name: 'a' }, { seed: '7', timeoutScale: 1 }), 'assay run a --seed 7');
  t.equal(
    reproduceCommand({ name: 'a' }, { seed: '7', timeoutScale: 2.5, scenarioPaths: ["it's here"] }),
    `assay run a --seed 7 --timeout-scale 2.5 --scenarios 'it'\\''s here'`,
  );
});

t.test('exit codes', async (t) => {
  const none = { passed: 0, failed: 0, errored: 0, skipped: 0, flaky: 0 };
  const code = (counts: Partial<typeof none>, end: Partial<Parameters<typeof exitCodeOf>[0]> = {}) =>
    exitCodeOf({ counts: { ...none, ...counts }, interrupted: false, ...end });
  t.equal(code({ passed: 1, skipped: 3 }), 0);
  t.equal(code({ failed: 1, errored: 1 }), 1);
  t.equal(code({ passed: 1, errored: 1 }), 3);
  t.equal(code({ skipped: 1 }), 3);
  t.equal(code({ failed: 1 }, { interrupted: true }), 130);
  t.equal(code({ flaky: 1 }), 0, 'it has passed in the end');
  t.equal(code({ passed: 1, flaky: 1, errored: 1 }, { failOnFlaky: true }), 1);
  t.equal(code({ passed: 1 }, { failOnFlaky: true }), 0);
  t.equal(code({ passed: 1 }, { hasError: true }), 3, 'the run itself is broken');
});
