import t from 'tap';
import { explorationSchema } from './exploration.ts';
import { exploration, givenSpan } from './test-data/explored-span.ts';

t.test('what is not said is zero, and what nobody knows is passed over', async (t) => {
  const found = explorationSchema.parse({
    ...{ version: 1, seed: 'seven', planet: 'Mars' },
    spans: [{ ...givenSpan(), strata: { durable: { enumerated: 3 } }, planet: 'Mars' }],
  });
  const { timeLine } = found.spans[0]!;
  t.match(timeLine!.columns[0], { hits: [], flushes: 0, atRisk: 0, states: 1, notLegal: 0 });
  t.match(timeLine!.columns[1]!.hits, [{ place: 0, writes: 1, sectors: 8, fua: 0, discards: 0 }]);
});

t.test('an exploration of an Assay that drew nothing is read without a time line', async (t) => {
  const { timeLine: _, ...old } = givenSpan();
  const [span] = explorationSchema.parse({ version: 1, seed: 'seven', spans: [old] }).spans;
  t.equal(span!.timeLine, undefined);
  t.equal(span!.failures.length, 1);
});

t.test('a time line of a later version is not drawn, and the rest is read', async (t) => {
  const timeLine = { version: 2, ribbons: [] };
  const [span] = explorationSchema.parse({ version: 1, spans: [{ ...givenSpan(), timeLine }] }).spans;
  t.equal(span!.timeLine, undefined);
  t.equal(span!.failureCount, 1);
  t.throws(() => explorationSchema.parse({ version: 2, spans: [] }), 'another format is none of ours');
});

t.test('texts are bounded', async (t) => {
  const { acknowledgements, failures } = exploration(givenSpan('x'.repeat(1_000_000))).spans[0]!;
  t.ok(acknowledgements[0]!.length <= 400);
  t.ok(failures[0]!.why.length <= 8_000);
});
