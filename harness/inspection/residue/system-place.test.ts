import t from 'tap';
import { MemoryTree, type Planted } from './fixtures/memory-tree.ts';
import { partition } from './fixtures/search.ts';
import { IndexedTree } from './indexed-tree.ts';
import { parsePathPattern } from './path-pattern.ts';
import { SystemPlace } from './system-place.ts';

function placeOf(files: Record<string, Planted>, folder = '', mount = '') {
  const place = new SystemPlace(partition(), new IndexedTree(new MemoryTree(files)), folder, mount);
  const find = (pattern: string) => place.find(parsePathPattern(pattern)).map(({ path }) => path);
  const follow = (path: string) => {
    const target = place.follow(place.index.node(path)!);
    return target && [target.systemPath, target.node?.path];
  };
  return { place, find, follow };
}

t.test('paths of the system and of the partition', async (t) => {
  const { place } = placeOf({}, '/data/v', '/var');
  t.equal(place.inTree('/var/lib'), '/data/v/lib');
  t.equal(place.inTree('/var'), '/data/v');
  t.equal(place.inTree('/variable'), undefined);
  t.equal(place.inSystem('/data/v/lib'), '/var/lib');
  t.equal(place.inSystem('/data/v'), '/var');
  const { place: root } = placeOf({});
  t.equal(root.inTree('/'), '/');
  t.equal(root.inSystem('/'), '/');
});

t.test('a pattern is looked for below the mount', async (t) => {
  const { find } = placeOf({ '/x/key': 'a', '/key': 'a' }, '', '/srv/data');
  t.same(find('/srv/data/key'), ['/key']);
  t.same(find('/srv/*/x/key'), ['/x/key']);
  t.same(find('/srv/**/key'), ['/key', '/x/key']);
  t.same(find('/**/key'), ['/key', '/x/key']);
  t.same(find('/key'), []);
  t.same(find('/srv/other/key'), []);
  t.same(find('/srv/data'), [], 'the mount itself is nothing in it');
  t.same(find('/srv'), []);
});

t.test('links are followed by what they say of the system', async (t) => {
  const { follow } = placeOf(
    {
      '/a': 'x',
      '/to/relative': { link: '../a' },
      '/to/absolute': { link: '/var/a' },
      '/to/link': { link: 'relative' },
      '/to/out': { link: '../../etc/x' },
      '/to/none': { link: 'gone' },
      '/to/loop': { link: 'pool' },
      '/to/pool': { link: 'loop' },
      '/to/nothing': { link: '' },
      '/to/above': { link: `${'../'.repeat(1_000)}var/a` },
    },
    '',
    '/var',
  );
  t.same(follow('/to/relative'), ['/var/a', '/a']);
  t.same(follow('/to/absolute'), ['/var/a', '/a']);
  t.same(follow('/to/link'), ['/var/a', '/a']);
  t.same(follow('/to/out'), ['/etc/x', undefined]);
  t.same(follow('/to/none'), ['/var/to/gone', undefined]);
  t.equal(follow('/to/loop'), undefined);
  t.same(follow('/to/nothing'), ['/var/to', '/to'], 'the folder it is in');
  t.same(follow('/to/above'), ['/var/a', '/a']);
});
