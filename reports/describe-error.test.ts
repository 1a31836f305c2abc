import t from 'tap';
import { describeError } from './describe-error.ts';
import { reportsErrors } from './errors.ts';
import { eventErrorSchema } from './events.ts';

t.test(
  'an AssayError brings its code, blame, remedy and facts; its message does not repeat the facts',
  async (t) => {
    const error = reportsErrors.REPORTS_LOG_NEWER({ tried: 'read it', expected: '1', got: '2' });
    t.equal(describeError(error).message, 'the event log was written by a newer Assay: read it');
    t.match(describeError(error), {
      code: 'REPORTS_LOG_NEWER',
      blame: 'usage',
      remedy: error.remedy,
      facts: { tried: 'read it', expected: '1', got: '2' },
    });
  },
);

t.test('any other error has the blame that the caller names', async (t) => {
  t.match(describeError(new TypeError('no')), { code: 'TypeError', blame: 'harness', message: 'no' });
  t.match(describeError(new TypeError('no'), 'product'), { blame: 'product' });
});

t.test('causes come along, to the last', async (t) => {
  const error = new Error('top', { cause: new Error('middle', { cause: 'bottom' }) });
  t.match(describeError(error), {
    message: 'top',
    related: [
      { relation: 'caused by', message: 'middle' },
      { relation: 'caused by', message: 'bottom', code: 'NOT_AN_ERROR' },
    ],
  });
});

t.test('the first failure leads; what a disposal threw after it follows', async (t) => {
  const described = describeError(await thrownInUsing());
  t.match(described, { message: 'first', related: [{ relation: 'followed by', message: 'second' }] });
  t.equal(described.related?.length, 1);
});

t.test('the members of an AggregateError come along', async (t) => {
  const error = new AggregateError([new Error('one'), new Error('two')], 'both');
  t.match(describeError(error), {
    message: 'both',
    related: [
      { relation: 'together with', message: 'one' },
      { relation: 'together with', message: 'two' },
    ],
  });
});

t.test('chains that come back to themselves and values that are no text end as well', async (t) => {
  const one = new Error('one');
  one.cause = new Error('two', { cause: one });
  t.equal(describeError(one).related?.length, 1);
  const unspeakable = Object.create(null);
  for (const thrown of [unspeakable, undefined, null, 7, 'text', Symbol('x'), { a: 1 }, new Error('')]) {
    t.ok(eventErrorSchema.safeParse(describeError(thrown)).success);
  }
});

async function thrownInUsing(): Promise<unknown> {
  try {
    using _resource = {
      [Symbol.dispose]() {
        throw new Error('second');
      },
    };
    throw new Error('first');
  } catch (error) {
    return error;
  }
}
