import t from 'tap';
import { MemoryTree, type Planted } from '../../inspection/residue/fixtures/memory-tree.ts';
import type { IdentityRule } from './identity-rule.ts';
import { identitiesIn } from './read-identities.ts';

const ruleOf = (rule: Partial<IdentityRule>): IdentityRule => ({
  ...{ name: 'thing', files: ['/etc/thing'], differs: true, stays: true, shared: 'error' },
  ...{ isSecret: false, isTogether: false, isOwn: false, ...rule },
});

const partition = (number: number, files: Record<string, Planted>) => ({
  tree: new MemoryTree(files),
  partition: {
    ...{ number, kind: 'gpt' as const, offsetBytes: 0, sizeBytes: 1024, type: '', isActive: false },
  },
});

const read = async (systems: ReturnType<typeof partition>[], rule: Partial<IdentityRule> = {}) =>
  await identitiesIn(systems, [ruleOf(rule)]);

t.test('every partition is looked at: two root slots are two places', async (t) => {
  const slots = [partition(2, { '/etc/thing': 'a' }), partition(3, { '/etc/thing': 'b' })];
  t.strictSame(await read(slots), [
    { name: 'thing', from: 'partition 2, /etc/thing', value: 'a' },
    { name: 'thing', from: 'partition 3, /etc/thing', value: 'b' },
  ]);
  t.match(await read(slots, { partition: 3 }), [{ from: 'partition 3, /etc/thing', value: 'b' }]);
});

t.test('a partition is where fstab puts it, and each file is read once', async (t) => {
  const disk = [
    partition(1, { '/etc/fstab': '/dev/sda2 /var ext4 defaults 0 2\n', '/etc/passwd': 'x' }),
    partition(2, { '/lib/thing': 'a', '/log/x': '' }),
  ];
  const found = await read(disk, { files: ['/var/lib/thing', '/lib/thing'] });
  t.strictSame(found, [{ name: 'thing', from: 'partition 2, /var/lib/thing', value: 'a' }]);
});

t.test('links lead to files, on other partitions too', async (t) => {
  const disk = [
    partition(1, {
      '/etc/fstab': '/dev/sda2 /data ext4 defaults 0 2\n',
      '/etc/thing': { link: '/data/thing' },
      '/etc/other': { link: 'near' },
      '/etc/near': 'b',
      '/etc/lost': { link: '/nowhere' },
    }),
    partition(2, { '/thing': 'a' }),
  ];
  t.match(await read(disk), [{ from: 'partition 1, /etc/thing', value: 'a' }]);
  t.match(await read(disk, { files: ['/etc/other'] }), [{ value: 'b' }]);
  t.strictSame(await read(disk, { files: ['/etc/lost'] }), []);
  const both = [ruleOf({ files: ['/etc/other'] }), ruleOf({ name: 'near', files: ['/etc/near'] })];
  t.strictSame(
    (await identitiesIn(disk, both)).map(({ name }) => name),
    ['near'],
    'what it leads to is an identity itself',
  );
});

t.test('several files are several identities, or one where their names are made up', async (t) => {
  const disk = [partition(1, { '/keys/one': 'a', '/keys/two': 'b', '/etc/x': '' })];
  t.match(await read(disk, { files: ['/keys/*'] }), [
    { from: 'partition 1, /keys/one', value: 'a' },
    { from: 'partition 1, /keys/two', value: 'b' },
  ]);
  const [one, ...others] = await read(disk, { files: ['/keys/*'], isTogether: true });
  t.match(one, { from: 'partition 1, /keys/*', value: /^sha256:/ });
  t.strictSame(others, []);
});

t.test(
  "what the profile names is missed, a built-in identity is not; what can't be read is said",
  async (t) => {
    const disk = [partition(1, { '/etc/unread': { unreadable: 10 } })];
    t.strictSame(await read(disk), []);
    t.match(await read(disk, { isOwn: true }), [
      { from: '/etc/thing', value: null, problem: /no file system/ },
    ]);
    t.match(await read(disk, { files: ['/etc/unread'] }), [{ value: null, problem: /could not be read/ }]);
  },
);

t.test('no more files than an identity can have', async (t) => {
  const files = Object.fromEntries(Array.from({ length: 80 }, (_, index) => [`/etc/thing${index}`, 'a']));
  t.equal((await read([partition(1, files)], { files: ['/etc/thing*'] })).length, 50);
});
