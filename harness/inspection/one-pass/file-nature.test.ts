import t from 'tap';
import { MemoryTree, type Planted } from '../residue/fixtures/memory-tree.ts';
import { natureOf } from './file-nature.ts';

const elf = '\x7fELF\x02\x01\x01';
const key = '-----BEGIN PRIVATE KEY-----';
const system = { '/etc/os-release': 'x', '/usr/lib/x': 'x' };

async function natures(files: Record<string, string | Buffer>, others: Record<string, Planted> = system) {
  const tree = new MemoryTree({ ...others, ...files });
  const found: Record<string, string> = {};
  for (const path of Object.keys(files)) found[path] = await natureOf(tree, [path]);
  return found;
}

t.test('programs in folders of a distribution are told from those of the maker', async (t) => {
  const expected = {
    '/usr/lib/x86_64-linux-gnu/libgnutls.so.30': 'program-of-distribution',
    '/lib/libx.so': 'program-of-distribution',
    '/usr/sbin/tool': 'program-of-distribution',
    '/ostree/deploy/os/deploy/0123.0/usr/bin/tool': 'program-of-distribution',
    '/var/lib/docker/overlay2/0123/diff/usr/lib/libgnutls.so.30': 'program-of-distribution',
    '/opt/app/bin/daemon': 'program',
    '/opt/usr/lib/libx.so': 'program',
    '/usr/local/lib/libx.so': 'program',
    '/usr/library': 'program',
    '/var/lib/docker/overlay2/0123/diff/app/usr/lib/libx.so': 'program',
    '/srv/test/daemon': 'program',
  };
  const files = Object.fromEntries(Object.keys(expected).map((path) => [path, elf]));
  t.same(await natures(files), expected);
  const archive = { '/usr/lib/libgnutls.a': '!<arch>\n/ ' };
  t.same(await natures(archive), { '/usr/lib/libgnutls.a': 'program-of-distribution' });
});

t.test('a kernel, where kernels lie, is one of them', async (t) => {
  const kernel = Buffer.from(`MZ${'x'.repeat(0x1fc)}\x55\xaa\xeb\x6aHdrS`, 'latin1');
  const files = {
    '/boot/vmlinuz-6.1.0-50-cloud-amd64': kernel,
    '/opt/vmlinuz': kernel,
    '/boot/vmlinuz-old': key,
  };
  t.same(await natures(files), {
    '/boot/vmlinuz-6.1.0-50-cloud-amd64': 'program-of-distribution',
    '/opt/vmlinuz': 'file',
    '/boot/vmlinuz-old': 'file',
  });
  for (const path of ['/lib/modules/6.1/vmlinuz', '/boot/ostree/os-0123/vmlinuz-6.1', '/EFI/os/VMLINUZ']) {
    t.same(await natures({ [path]: kernel }, {}), { [path]: 'program-of-distribution' });
  }
  t.same(
    await natures({ '/vmlinuz-6': kernel }, {}),
    { '/vmlinuz-6': 'program-of-distribution' },
    'a /boot of its own',
  );
});

t.test('folders bin and lib of a partition with data are no folders of a distribution', async (t) => {
  const files = { '/lib/libx.so': elf, '/share/doc/x/key.pem': key };
  t.same(await natures(files, {}), { '/lib/libx.so': 'program', '/share/doc/x/key.pem': 'file' });
  t.same(
    await natures(files, { '/lib/os-release': 'x' }),
    { '/lib/libx.so': 'program-of-distribution', '/share/doc/x/key.pem': 'test' },
    'a separate /usr',
  );
});

t.test('tests and documentation of packages, and nobody else', async (t) => {
  const expected = {
    '/usr/share/doc/x/key.pem': 'test',
    '/usr/lib/python3.11/test/keycert.pem': 'test',
    '/usr/lib/go/src/crypto/tls/testdata/key.pem': 'test',
    '/usr/share/x/unit-tests/key.pem': 'test',
    '/usr/share/x/test_key.pem': 'test',
    '/opt/app/node_modules/x/test/server.key': 'test',
    '/usr/share/x/server.key': 'file',
    '/usr/share/latest/server.key': 'file',
    '/usr/share/x/contest.pem': 'file',
    '/opt/app/test/server.key': 'file',
    '/home/ann/docs/server.key': 'file',
  };
  const files = Object.fromEntries(Object.keys(expected).map((path) => [path, key]));
  t.same(await natures(files), expected);
});

t.test('of a file with several names, the least harmless one counts', async (t) => {
  const tree = new MemoryTree({ ...system, '/usr/lib/x.so': elf, '/usr/lib/y.so': elf, '/opt/x.so': elf });
  t.equal(await natureOf(tree, ['/usr/lib/x.so', '/usr/lib/y.so']), 'program-of-distribution');
  t.equal(await natureOf(tree, ['/usr/lib/x.so', '/opt/x.so']), 'program');
});
