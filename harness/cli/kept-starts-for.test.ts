import t from 'tap';
import { keptStartsFor } from './kept-starts-for.ts';

t.test('drills share first starts unless they are to be really made', (t) => {
  t.ok(keptStartsFor({ checkpoints: true }));
  t.ok(keptStartsFor({ checkpoints: true, repeat: '1', retries: '0' }, 2));
  t.notOk(keptStartsFor({ checkpoints: false }, 2), '--no-checkpoints');
  t.notOk(keptStartsFor({ repeat: '2' }, 2), '--repeat');
  t.notOk(keptStartsFor({ retries: '1' }, 2), '--retries');
  t.notOk(keptStartsFor({}, 1), 'nobody to share with');
  t.end();
});
