import t from 'tap';
import { partitionFindingKinds } from './partition-finding-kinds.ts';

t.test('every kind has its own id, and says what is wrong, why it matters and what to do', async (t) => {
  const ids = partitionFindingKinds.map(({ id }) => id);
  t.equal(new Set(ids).size, ids.length);
  for (const { id, title, reason, fix, source } of partitionFindingKinds) {
    t.match(id, /^[a-z0-9]+(-[a-z0-9]+)*$/);
    t.notMatch(title, /\.$|^[A-Z][a-z]/, `${id}: a title is no sentence`);
    t.match(reason, /\.$/, `${id}: reason`);
    t.match(fix, /\.$/, `${id}: fix`);
    t.ok(source.length > 5, `${id}: source`);
  }
});
