import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parseYamlText } from '../../images/index.ts';
import type { ComparedFindings } from './compare-findings.ts';
import { expectationsSchema } from './expectations.ts';
import { driftOf, knownMissesSchema } from './known-misses.ts';

const folder = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(folder, path), 'utf8');
const planted = (what: string) => ({ what, finding: 'log', where: '/log', scope: 'static' as const });
const finding = { kind: 'log', where: '/log', evidence: '' } as ComparedFindings['extra'][number]['finding'];

function compared(rest: Partial<ComparedFindings>): ComparedFindings {
  const verdict = { expected: 'FIT', got: 'FIT' };
  return { found: [], missed: [], notLookedFor: [], extra: [], verdict, ...rest };
}

t.test('what is missed and not known, and another verdict, are worse', (t) => {
  const known = { misses: [{ what: 'one', why: 'it is so' }] };
  t.same(driftOf(compared({ missed: [planted('one')] }), known), { worse: [], better: [] });
  t.same(driftOf(compared({ missed: [planted('one'), planted('two')] }), known).worse, ['missed: two (log)']);
  t.same(
    driftOf(compared({ missed: [planted('one')] })).worse,
    ['missed: one (log)'],
    'a disk of which nothing is known',
  );
  const verdict = { expected: 'FIT', got: 'NOT FIT' };
  t.same(driftOf(compared({ verdict })).worse, ['the verdict is NOT FIT, expected was FIT']);
  t.end();
});

t.test('what is found under another name has to stay so', (t) => {
  const foundAs = { finding: 'log', where: '/log' };
  const known = { misses: [{ what: 'one', why: 'it is so', foundAs }] };
  t.same(driftOf(compared({ missed: [planted('one')], extra: [{ finding }] }), known).worse, []);
  const gone = ['missed, and found before as log: one'];
  t.same(driftOf(compared({ missed: [planted('one')] }), known).worse, gone);
  const elsewhere = { ...finding, where: '/other' };
  t.same(driftOf(compared({ missed: [planted('one')], extra: [{ finding: elsewhere }] }), known).worse, gone);
  t.end();
});

t.test('a known miss that is found is told', (t) => {
  const known = { misses: [{ what: 'one', why: 'it is so' }] };
  const found = [{ planted: planted('one'), finding }];
  t.same(driftOf(compared({ found }), known), { worse: [], better: ['found, and known to be missed: one'] });
  t.end();
});

t.test('the verdict with clones may be another one, and only that', (t) => {
  const known = { misses: [], verdictWithClones: { is: 'FIT WITH WARNINGS' as const, why: 'it is so' } };
  const verdict = { expected: 'FIT', got: 'FIT WITH WARNINGS' };
  t.same(driftOf(compared({ verdict }), known, 'dynamic').worse, []);
  t.equal(driftOf(compared({ verdict }), known, 'static').worse.length, 1);
  t.equal(driftOf(compared({}), known, 'dynamic').worse.length, 1);
  t.end();
});

t.test('every known miss is one of the planted faults of its disk', (t) => {
  const { disks } = parseYamlText(
    read('known-misses.yaml'),
    'known-misses.yaml',
    knownMissesSchema,
    'misses',
  );
  const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const [disk, { misses }] of Object.entries(disks)) {
    const example = names.find(({ name }) => disk.startsWith(`${name}-`))!.name;
    const path = `${example}/expected-${disk.slice(example.length + 1)}.yaml`;
    const expected = parseYamlText(read(path), path, expectationsSchema, 'expectations');
    for (const { what } of misses)
      t.ok(
        expected.planted.some((one) => one.what === what),
        `${disk}: ${what}`,
      );
  }
  t.end();
});
