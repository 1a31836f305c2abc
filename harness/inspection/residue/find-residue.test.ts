import t from 'tap';
import { longestEvidence } from '../finding.ts';
import { findResidue } from './find-residue.ts';
import { MemoryTree, type Planted } from './fixtures/memory-tree.ts';
import { opensshKey } from './fixtures/planted-residue.ts';
import { builtInRules, kindsIn, partition, search } from './fixtures/search.ts';
import { largestReadBytes, mostBytesRead, mostFilesRead, mostMatches, mostPlaces } from './residue-limits.ts';

/** One finding per rule and partition, as `kind: where`. */
async function places(...trees: [number, Record<string, Planted>, { uuid?: string; label?: string }?][]) {
  const systems = trees.map(([number, files, fileSystem]) => ({
    partition: partition(number, {
      uniqueId: `0000000${number}-0000-4000-8000-000000000000`,
      name: `part${number}`,
    }),
    tree: new MemoryTree(files),
    ...(fileSystem === undefined ? {} : { fileSystem }),
  }));
  return (await findResidue(systems, builtInRules)).map(({ kind, where }) => `${kind}: ${where}`);
}

const seed = { '/lib/systemd/random-seed': 'x' };
const seedIn = (number: number) =>
  `random-seed: partition ${number}, /lib/systemd/random-seed (/var/lib/systemd/random-seed of the system)`;

t.test('a partition has its place by what it looks like', async (t) => {
  t.same(await places([3, { ...seed, '/log': { folder: true }, '/cache': { folder: true } }]), [seedIn(3)]);
  t.same(await places([3, seed]), [], 'a folder lib alone is no /var');
  t.same(
    await places([
      3,
      { '/passwd': 'root:x:0:0:::', '/group': 'x', '/hosts': 'x', '/machine-id': `${'a'.repeat(32)}\n` },
    ]),
    ['machine-id-left-over: partition 3, /machine-id (/etc/machine-id of the system)'],
  );
  t.same(await places([3, { '/ann/.bashrc': 'x', '/ann/.ssh/id_rsa': opensshKey }]), [
    'user-ssh-key: partition 3, /ann/.ssh/id_rsa (/home/ann/.ssh/id_rsa of the system)',
  ]);
  t.same(await places([1, { '/grub/fonts': 'x', '/ignition/config.ign': 'x' }]), [
    'ignition-config: partition 1, /ignition/config.ign',
  ]);
  t.same(await places([4, { '/journal/0/system.journal': 'x', '/wtmp': 'x' }]), [
    'journal: partition 4, /journal (/var/log/journal of the system)',
    'login-records: partition 4, /wtmp (/var/log/wtmp of the system)',
  ]);
  const whole = {
    '/etc/fstab': 'x',
    '/usr/x': 'x',
    '/lib/systemd/random-seed': 'x',
    '/log/x': 'x',
    '/cache/x': 'x',
  };
  t.same(await places([1, whole]), [], 'a whole system is only itself');
});

t.test('a partition has its place by a fstab of the disk', async (t) => {
  const root = (line: string): [number, Record<string, Planted>] => [
    1,
    { '/etc/fstab': `# all\n${line}\n`, '/usr/x': 'x' },
  ];
  for (const source of [
    'PARTUUID=00000002-0000-4000-8000-000000000000',
    'PARTLABEL=part2',
    'UUID=AAAA-BBBB',
    'LABEL="variable"',
    '/dev/disk/by-uuid/aaaa-bbbb',
    '/dev/sda2',
    '/dev/nvme0n1p2',
    '/dev/mmcblk0p2',
  ]) {
    const own = { uuid: 'aaaa-bbbb', label: 'variable' };
    t.same(await places(root(`${source} /var ext4 defaults 0 2`), [2, seed, own]), [seedIn(2)], source);
  }
  t.same(await places(root('/dev/sda3 /var ext4 defaults 0 2'), [2, seed]), []);
  t.same(await places(root('UUID= /var ext4'), [2, seed]), [], 'nothing is no identifier');
  const data = { '/v/lib/systemd/random-seed': 'x' };
  const bind = '/dev/sda2 /data ext4\n/data/v /var none bind 0 0';
  t.same(await places(root(bind), [2, data]), [
    'random-seed: partition 2, /v/lib/systemd/random-seed (/var/lib/systemd/random-seed of the system)',
  ]);
});

t.test('systems in folders are found', async (t) => {
  const key = '/ostree/deploy/os/deploy/abc.0/etc/ssh/ssh_host_rsa_key';
  t.same(await places([2, { [key]: opensshKey, '/ostree/deploy/os/var/lib/systemd/random-seed': 'x' }]), [
    'random-seed: partition 2, /ostree/deploy/os/var/lib/systemd/random-seed (/var/lib/systemd/random-seed of the system)',
    `ssh-host-key: partition 2, ${key} (/etc/ssh/ssh_host_rsa_key of the system)`,
  ]);
});

t.test('more deployments than any system has are not all looked at, and that is said', async (t) => {
  const deployments = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, number) => [`/ostree/deploy/os/deploy/${number}/etc/hostname`, 'x']),
    );
  const kinds = async (count: number) => (await places([2, deployments(count)])).join('\n');
  t.match(await kinds(mostPlaces + 10), 'residue-not-all-read: partition 2');
  t.notMatch(await kinds(10), 'residue-not-all-read');
  const gone = AbortSignal.abort(new Error('no more'));
  const systems = [{ partition: partition(1), tree: new MemoryTree({ '/etc/hostname': 'x' }) }];
  await t.rejects(findResidue(systems, builtInRules, gone), { message: 'no more' });
});

t.test('homes are those of /etc/passwd too', async (t) => {
  const passwd =
    'git:x:1:1::/srv/git/:/bin/sh\nweb:x:2:2::/nonexistent:/bin/sh\nstar:x:3:3::/s*:/bin/sh\nnobody';
  t.same(await kindsIn({ '/etc/passwd': passwd, '/srv/git/.bash_history': 'x' }), ['shell-history']);
  t.same(
    await kindsIn({ '/etc/passwd': passwd, '/srv/.bash_history': 'x' }),
    [],
    'a star from the disk is a star',
  );
});

t.test('what makes keys anew at first boot excuses them, in the same system', async (t) => {
  const unit = '/etc/systemd/system/multi-user.target.wants/regenerate_ssh_host_keys.service';
  const keys = { '/etc/ssh/ssh_host_rsa_key': opensshKey };
  t.same(await kindsIn(keys), ['ssh-host-key']);
  t.same(await kindsIn({ ...keys, [unit]: 'x' }), []);
  t.same(await places([1, { '/etc/x': 'x', [unit]: 'x' }], [2, keys]), [
    'ssh-host-key: partition 2, /etc/ssh/ssh_host_rsa_key',
  ]);
});

t.test('what excuses a part of a system may lie on another partition', async (t) => {
  const rule = { ...builtInRules.find(({ id }) => id === 'random-seed')!, unless: ['/usr/lib/first-boot'] };
  const data = { partition: partition(2), tree: new MemoryTree({ '/var/lib/systemd/random-seed': 'x' }) };
  const root = {
    partition: partition(1),
    tree: new MemoryTree({ '/etc/x': 'x', '/usr/lib/first-boot': 'x' }),
  };
  t.equal((await findResidue([data], [rule])).length, 1);
  t.same(await findResidue([root, data], [rule]), []);
});

t.test('one finding per rule and partition, with some examples and the count', async (t) => {
  const many = Object.fromEntries(
    Array.from({ length: 3_000 }, (_, index) => [`/var/log/${'l'.repeat(80)}${index}`, 'x']),
  );
  const findings = await search(many);
  t.equal(findings.length, 1);
  t.match(findings[0]?.where, /^partition 1, \/var\/log\/l+0 and 2999 more$/);
  t.match(findings[0]?.evidence, /^3000 places: \/var\/log\/l+0: 1 byte; .*; and 2998 more$/);
});

t.test('hard links and two ways to the same file count once', async (t) => {
  const link = { content: 'x', inode: 12 };
  const [finding] = await search({ '/var/log/a': link, '/var/log/b': link });
  t.equal(finding?.where, 'partition 1, /var/log/a');
  const byLink = await search({ '/var/spool/mail': { link: '../mail' }, '/var/mail/root': 'x' });
  t.same(
    byLink.map(({ where }) => where),
    ['partition 1, /var/mail/root'],
  );
});

t.test('what was not looked at is said', async (t) => {
  const cut = [{ partition: partition(), tree: new MemoryTree({}, { wasCut: true }) }];
  t.match(await findResidue(cut, builtInRules), [
    { kind: 'residue-not-all-read', evidence: /beyond the limit/ },
  ]);
  t.match(await search({ '/etc/machine-id': { unreadable: 33 } }), [
    { kind: 'residue-not-all-read', where: 'partition 1', evidence: '/etc/machine-id' },
  ]);
  const many = Object.fromEntries(
    Array.from({ length: mostFilesRead + 5 }, (_, index) => [`/etc/x/${index}.key`, 'x']),
  );
  const tree = new MemoryTree(many);
  t.match(await findResidue([{ partition: partition(), tree }], builtInRules), [
    { kind: 'residue-not-all-read', evidence: `tls-private-key: 5 of ${mostFilesRead + 5} files` },
  ]);
  t.equal(tree.reads.length, mostFilesRead);
});

t.test(
  'a rule finds no more than its share, and says so; what lies behind many others is found',
  async (t) => {
    const rule = builtInRules.find(({ id }) => id === 'temporary-file')!;
    const files: Record<string, Planted> = {};
    for (let index = 0; index < mostMatches + 5; index += 1) files[`/tmp/${index}`] = 'x';
    files['/tmp/z/key'] = opensshKey;
    const systems = [{ partition: partition(), tree: new MemoryTree(files) }];
    t.match(await findResidue(systems, [rule, { ...rule, id: 'key', look: ['/tmp/**/key'] }]), [
      { kind: 'temporary-file', evidence: new RegExp(`^${mostMatches} places`) },
      { kind: 'key', where: 'partition 1, /tmp/z/key' },
      { kind: 'residue-not-all-read', evidence: `temporary-file: more than ${mostMatches} places` },
    ]);
  },
);

t.test('no more is read of a partition than its share', async (t) => {
  const rule = builtInRules.find(({ id }) => id === 'user-ssh-key')!;
  const greedy = { ...rule, test: { ...rule.test, readBytes: largestReadBytes } };
  const files = Array.from({ length: 300 }, (_, index) => [`/root/.ssh/${index}`, { unreadable: 2 ** 40 }]);
  const tree = new MemoryTree(Object.fromEntries(files));
  t.match(await findResidue([{ partition: partition(), tree }], [greedy]), [
    { kind: 'residue-not-all-read', evidence: /and 295 more$/ },
  ]);
  t.equal(tree.reads.length, mostBytesRead / largestReadBytes);
});

t.test('hostile names and contents stay on one printable line', async (t) => {
  const name = `/var/log/\x1b[2J\n\u202eevil\ud800${'n'.repeat(4_000)}`;
  const findings = await search({
    [name]: 'x',
    '/etc/hostname': '\x1b]0;owned\x07\u2028\u202e\n',
    '/etc/shadow': `${'a\x1b[2J'.repeat(1_000)}::::\n${'b::\n'.repeat(50_000)}`,
    '/etc/ssl/private/x': `-----BEGIN ${'A '.repeat(30_000)}PRIVATE KEY-----\n`,
    '/etc/fstab': `${'\\040'.repeat(10_000)}\n/dev/sda1 /../../.. x bind\n`,
    '/etc/passwd': `${':'.repeat(50_000)}\n:::::/../..:\n`,
    '/etc/loop': { link: '/etc/loop' },
    '/root': { link: '/root' },
    '/home/..': { folder: true },
  });
  t.same(findings.map(({ kind }) => kind).sort(), ['account-without-password', 'hostname', 'log']);
  for (const { evidence, where } of findings) {
    t.match(evidence, /^[^\p{C}\p{Zl}]+$/u);
    t.match(where, /^[^\p{C}\p{Zl}]+$/u);
    t.ok(evidence.length <= longestEvidence && where.length < 400);
  }
});

t.test('folders, links without an end, and devices are no files', async (t) => {
  t.same(
    await kindsIn({
      '/etc/machine-id': { folder: true },
      '/etc/shadow': { other: true },
      '/etc/krb5.keytab': { link: 'krb5.keytab' },
      '/etc/nvme/hostid': { link: '/dev/null' },
      '/var/log/journal': 'no folder',
    }),
    [],
  );
});
