import t from 'tap';
import { type ComparedTree, ComparisonBudget, compareTrees } from './compare-trees.ts';
import { largestComparedFileBytes } from './divergence-limits.ts';

const sizeBytes = largestComparedFileBytes + 1;
const beginning = Buffer.alloc(largestComparedFileBytes);

/** A tree of FAT with large files, by their names: when they were written, and what can be read of them. */
function fatWith(files: Readonly<Record<string, { time: number; isReadable?: boolean }>>): ComparedTree {
  const nodes = Object.entries(files).map(([path, { time }]) => {
    return [path, { path, kind: 'file', sizeBytes, modifiedAt: new Date(time) }] as const;
  });
  return {
    nodes: new Map(nodes) as unknown as ComparedTree['nodes'],
    read: async (path) => (files[path]?.isReadable === false ? undefined : beginning),
  };
}

t.test('large files are named when nobody can say what they hold, and only then', async (t) => {
  const master = fatWith({ '/kept': { time: 1 }, '/written': { time: 1 }, '/damaged': { time: 1 } });
  const clone = fatWith({
    '/kept': { time: 1 },
    '/written': { time: 2 },
    '/damaged': { time: 1, isReadable: false },
    '/made': { time: 2 },
  });
  const budget = new ComparisonBudget(10);
  const changed = await compareTrees(master, clone, 'partition 1', budget);
  t.same(
    budget.unread,
    ['/written', '/damaged', '/made'].map((path) => `partition 1, ${path}`),
  );
  t.equal(budget.unreadCount, 3);
  t.same(
    changed.map(({ where, how }) => [where, how]),
    [
      ['partition 1, /damaged', 'changed'],
      ['partition 1, /made', 'made'],
    ],
  );
});
