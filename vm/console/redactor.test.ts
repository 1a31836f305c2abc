import t from 'tap';
import { Redactor, redactionMark } from './redactor.ts';

t.test('a secret is replaced however the stream is split', async (t) => {
  const stream = 'login: root\nPassword: hunter2!\n# hunter hunt hunter2!';
  const expected = stream.replaceAll('hunter2!', redactionMark);
  for (let first = 0; first <= stream.length; first += 1) {
    for (let second = first; second <= stream.length; second += 5) {
      const redactor = new Redactor();
      redactor.add('hunter2!');
      const chunks = [stream.slice(0, first), stream.slice(first, second), stream.slice(second)];
      t.equal(chunks.map((chunk) => redactor.push(chunk)).join('') + redactor.flush(), expected);
    }
  }
});

t.test('without a secret nothing is held back', async (t) => {
  t.equal(new Redactor().push('as it is'), 'as it is');
});
