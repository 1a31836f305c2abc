import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { durabilitySteps } from '../../core/durability/durability-steps.ts';
import { durabilityPage } from './durability-page.ts';
import { machineTrials } from './machine/all-trials.ts';
import { rawTrials } from './raw-trials.ts';
import { mergeResults, readResults } from './results.ts';
import { uncaught } from './uncaught.ts';
import { isAsKnown } from './verdict.ts';

t.test('docs/durability.md is what the kept results say', async (t) => {
  const page = await readFile(join(import.meta.dirname, '../../docs/durability.md'), 'utf8');
  t.equal(page, durabilityPage(await readResults()), 'renew it: npm run mutations -- --docs');
});

t.test('every step that was left out is caught by a state, or it is said why not', async (t) => {
  const results = await readResults();
  t.same(
    results.filter((outcome) => !isAsKnown(outcome)),
    [],
  );
  const caught = results.filter(({ caughtBy }) => caughtBy !== undefined).map(({ step }) => step);
  for (const id of Object.keys(uncaught)) t.notOk(caught.includes(id), `${id} is not caught`);
});

t.test('what is damaged whole, or is not caught without a reason, is a surprise', (t) => {
  const outcome = { trial: 'any', step: null, leftOut: 0, points: 1, states: 1, judged: 1, failures: 0 };
  t.ok(isAsKnown(outcome));
  t.notOk(isAsKnown({ ...outcome, failures: 1 }));
  const mutated = { ...outcome, step: 'record-store.copy', leftOut: 1 };
  t.ok(isAsKnown({ ...mutated, failures: 1 }));
  t.notOk(isAsKnown(mutated));
  t.notOk(isAsKnown({ ...mutated, failures: 1, leftOut: 0 }));
  t.end();
});

t.test('every trial has its steps from the list', async (t) => {
  const known = durabilitySteps.map(({ id }) => id);
  const all = [...rawTrials, ...machineTrials];
  const tried = all.flatMap(({ steps }) => steps);
  t.same(
    tried.filter((step) => !known.includes(step)),
    [],
  );
});

t.test('new outcomes take the places of old ones', async (t) => {
  const outcome = { trial: 'a', step: null, leftOut: 0, points: 1, states: 1, judged: 1, failures: 0 };
  const merged = mergeResults([outcome, { ...outcome, trial: 'b' }], [{ ...outcome, points: 2 }]);
  t.same(
    merged.map(({ trial, points }) => [trial, points]),
    [
      ['a', 2],
      ['b', 1],
    ],
  );
});

t.test('a page of nothing says that nothing was run', async (t) => {
  const page = durabilityPage([]);
  t.match(page, '| `record-store.copy` | ');
  t.match(page, /`record-store\.copy`.*not run \|\n/);
});
