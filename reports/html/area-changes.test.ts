import t from 'tap';
import { areaChanges } from './area-changes.ts';

const root = { number: 1, name: 'primary-root', startBytes: 1024, sizeBytes: 4096, contents: 'ext4' };
const gap = { name: 'between', startBytes: 0, sizeBytes: 1024, contents: 'zeros' };

t.test('what is the same did not change', async (t) => {
  t.match(areaChanges([gap, root], [gap, { ...root, changedBytes: 0 }]), [
    { before: gap, change: 'unchanged', isChanged: false },
    { before: root, change: 'unchanged', isChanged: false },
  ]);
});

t.test('every kind of change is named', async (t) => {
  const [, changed] = areaChanges(
    [gap, root],
    [gap, { ...root, contents: 'nothing', sizeBytes: 2048, changedBytes: 512 }],
  );
  t.match(changed, { isChanged: true, change: 'was 4 KiB large; holds something else; 512 B written anew' });
  t.match(areaChanges([root], [{ ...root, startBytes: 2048 }]), [
    { change: 'moved from 1 KiB', isChanged: true },
  ]);
});

t.test('areas that came and went, in the order in which they lie', async (t) => {
  const later = { ...root, number: 2, startBytes: 9000 };
  t.match(areaChanges([root], [later]), [
    { before: root, change: 'gone', isChanged: true },
    { after: later, change: 'new', isChanged: true },
  ]);
});

t.test('without a before or an after nothing is said to have changed', async (t) => {
  t.match(areaChanges([root], undefined), [{ change: 'not read again', isChanged: false }]);
  t.match(areaChanges(undefined, [root]), [{ change: '', isChanged: false }]);
});
