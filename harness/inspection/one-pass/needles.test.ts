import t from 'tap';
import { mostAfterBytes, mostBeforeBytes, needles } from './needles.ts';
import { onePassFindingKinds } from './one-pass-finding-kinds.ts';

t.test('the table keeps what the scan relies on', async (t) => {
  for (const { kind, prefilters, pattern, beforeBytes } of needles) {
    t.ok(pattern.sticky && !pattern.global && !pattern.ignoreCase, `${kind.id}: sticky`);
    t.ok(beforeBytes <= mostBeforeBytes, `${kind.id}: looks behind`);
    for (const prefilter of prefilters) {
      t.ok(prefilter.length >= 3 && prefilter.length <= 7, `${kind.id}: ${prefilter.toString('hex')}`);
      t.not(prefilter[0], 0, `${kind.id}: a hole has none of it`);
    }
    t.notMatch(pattern.source, /(?<!\\)[*+](?![^[]*\])/, `${kind.id}: every repetition is bounded`);
    const upper = [...pattern.source.matchAll(/\{(?:\d+,)?(\d+)\}/g)].map(([, most]) => Number(most));
    t.ok(Math.max(0, ...upper) < mostAfterBytes, `${kind.id}: reaches no further than the scan shows`);
  }
});

t.test('every kind says what, why, what to do, and where from', async (t) => {
  const ids = onePassFindingKinds.map(({ id }) => id);
  t.equal(new Set(ids).size, ids.length);
  for (const { id, title, reason, fix, source } of onePassFindingKinds) {
    t.match(id, /^[a-z]+(-[a-z]+)*$/);
    t.notMatch(title, /\.$/);
    t.match(title, /^[^\n]{10,100}$/, id);
    for (const sentences of [reason, fix]) t.match(sentences, /^[A-Z(].{20,}\.$/s, id);
    t.ok(source.length > 5, id);
  }
});
