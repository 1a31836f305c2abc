import t from 'tap';
import { exitCodeOf } from './exit-code.ts';
import type { LoadedScenario } from './load-scenarios.ts';
import { planAttempts } from './plan-attempts.ts';
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

t.test('the command that runs it again', async (t) => {
  t.equal(reproduceCommand('a', { seed: '7', timeoutScale: 1 }), 'assay run a --seed 7');
  t.equal(
    reproduceCommand('a', { seed: '7', timeoutScale: 2.5, scenarioPaths: ["it's here"] }),
    `assay run a --seed 7 --timeout-scale 2.5 --scenarios 'it'\\''s here'`,
  );
});

t.test('exit codes', async (t) => {
  const none = { passed: 0, failed: 0, errored: 0, skipped: 0 };
  t.equal(exitCodeOf({ ...none, passed: 1, skipped: 3 }, false), 0);
  t.equal(exitCodeOf({ ...none, failed: 1, errored: 1 }, false), 1);
  t.equal(exitCodeOf({ ...none, passed: 1, errored: 1 }, false), 3);
  t.equal(exitCodeOf({ ...none, skipped: 1 }, false), 3);
  t.equal(exitCodeOf({ ...none, failed: 1 }, true), 130);
});
