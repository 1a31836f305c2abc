import t from 'tap';
import { type CandidateVerdict, fewestThatFail, mostCandidates } from './fewest-that-fail.ts';

type Judge = (candidate: string[]) => CandidateVerdict | undefined;

async function shrink(whole: string, judge: Judge) {
  const tried: string[] = [];
  const { items, isMinimal } = await fewestThatFail([...whole], async (candidate) => {
    tried.push(candidate.join(''));
    return judge(candidate);
  });
  return { fewest: items.join(''), isMinimal, tried };
}

const needs =
  (...matter: string[]): Judge =>
  (candidate) =>
    matter.every((item) => candidate.includes(item)) ? 'fails' : 'passes';

t.test('whichever items matter are found, each set is tried once, the whole and nothing never', async (t) => {
  const whole = 'abcdef';
  for (let mask = 1; mask < 2 ** whole.length; mask += 1) {
    const matter = [...whole].filter((_, index) => mask & (1 << index));
    const { fewest, isMinimal, tried } = await shrink(whole, needs(...matter));
    t.equal(fewest, matter.join(''));
    t.ok(isMinimal);
    t.equal(new Set(tried).size, tried.length);
    t.notOk(tried.includes(whole) || tried.includes(''));
    t.ok(tried.length <= mostCandidates(whole.length), `${matter.join('')}: ${tried.length}`);
  }
});

t.test('what is not resolved is no failure, and does not keep the rest from being removed', async (t) => {
  // c leads to where f can be; f without it is not resolved.
  const judge: Judge = (candidate) => {
    if (candidate.includes('f') && !candidate.includes('c')) return 'unresolved';
    return needs('c', 'f')(candidate);
  };
  const { fewest, isMinimal } = await shrink('abcdef', judge);
  t.equal(fewest, 'cf');
  t.ok(isMinimal);
  t.equal((await shrink('abcd', () => 'unresolved')).fewest, 'abcd');
});

t.test(
  'without any of those that are left it does not fail, also where failing is not monotone',
  async (t) => {
    // Two failures, and b hides one of them.
    const judge: Judge = (candidate) => {
      const has = (item: string) => candidate.includes(item);
      return (has('a') && has('d')) || (has('e') && !has('b')) ? 'fails' : 'passes';
    };
    const { fewest } = await shrink('abcdef', judge);
    for (const item of fewest) {
      t.equal(judge([...fewest].filter((other) => other !== item)), 'passes', `${fewest} without ${item}`);
    }
  },
);

t.test('ended early, it gives the smallest so far, and says that less may do', async (t) => {
  let left = 3;
  const judge: Judge = (candidate) => {
    left -= 1;
    return left < 0 ? undefined : needs('e', 'f')(candidate);
  };
  const { fewest, isMinimal, tried } = await shrink('abcdef', judge);
  t.equal(fewest, 'def');
  t.notOk(isMinimal);
  t.equal(tried.length, 4);
});

t.test('one item is the fewest', async (t) => {
  t.strictSame(await shrink('a', () => 'fails'), { fewest: 'a', isMinimal: true, tried: [] });
});
