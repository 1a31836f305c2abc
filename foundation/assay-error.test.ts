import t from 'tap';
import { AssayError, errorMessage, errorTable } from './assay-error.ts';

const errors = errorTable({
  TEST_BROKEN: { blame: 'product', summary: 'a thing is broken', remedy: 'mend it' },
});

t.test('an error carries its code, its entry and its facts', async (t) => {
  const cause = new Error('below');
  const error = errors.TEST_BROKEN(
    { tried: 'use it', where: 'here', expected: 'whole', got: 'broken' },
    cause,
  );
  t.type(error, AssayError);
  t.match(error, { name: 'AssayError', code: 'TEST_BROKEN', blame: 'product', remedy: 'mend it', cause });
  t.equal(
    error.message,
    'a thing is broken: use it\n  where:    here\n  expected: whole\n  got:      broken',
  );
});

t.test('a case may have a better remedy', async (t) => {
  t.equal(errors.TEST_BROKEN({ tried: 't', remedy: 'buy another' }).remedy, 'buy another');
});

t.test('without facts and cause it says just what was tried', async (t) => {
  const error = errors.TEST_BROKEN({ tried: 'use it' });
  t.equal(error.message, 'a thing is broken: use it');
  t.notOk('cause' in error);
});

t.test('as JSON', async (t) => {
  t.same(JSON.parse(JSON.stringify(errors.TEST_BROKEN({ tried: 'use it' }))), {
    code: 'TEST_BROKEN',
    blame: 'product',
    message: 'a thing is broken: use it',
    remedy: 'mend it',
    facts: { tried: 'use it' },
  });
});

t.test('the words of whatever was thrown', async (t) => {
  t.equal(errorMessage(new Error('words')), 'words');
  t.equal(errorMessage(7), '7');
  t.equal(errorMessage(undefined), 'undefined');
});
