import { mkdir, open, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import t from 'tap';
import { runTool } from '../../../foundation/index.ts';
import { ImageSource } from '../image-source.ts';
import { inspectDisk } from '../inspect-disk.ts';
import { builtInRules } from '../residue/fixtures/search.ts';
import type { ResidueRule } from '../residue/index.ts';

const mebibyte = 1024 ** 2;
const key = (letter: string) =>
  `-----BEGIN PRIVATE KEY-----\n${letter.repeat(64)}\n-----END PRIVATE KEY-----\n`;
const token = `ghp_${'t'.repeat(36)}\n`;
const shadow = `root:$6$salt$${'h'.repeat(86)}:19000:0:99999:7:::\n`;

/** What is found of secrets on a disk that is one ext4 with these files, as `severity kind: where`. */
async function secretsOn(
  folder: string,
  files: Record<string, string>,
  { rules = builtInRules, change }: { rules?: ResidueRule[]; change?: (image: string) => Promise<void> } = {},
): Promise<string[]> {
  const image = join(folder, 'image');
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, 'tree', path)), { recursive: true });
    await writeFile(join(folder, 'tree', path), content, 'latin1');
  }
  await writeFile(image, '');
  await truncate(image, 24 * mebibyte);
  await runTool('mke2fs', ['-q', '-F', '-t', 'ext4', '-d', join(folder, 'tree'), image]);
  await change?.(image);
  await using source = await ImageSource.open(image);
  const { findings } = await inspectDisk(source, { rawAreas: [], residueRules: rules, sha256: false });
  const kinds = /on-disk$|^secrets-|-key$|^account-password|^shell-history|^log$/;
  return findings.flatMap(({ kind, where }) => (kinds.test(kind) ? [`${kind}: ${where}`] : []));
}

t.test('secrets that a rule speaks of are reported once, the others by their files', async (t) => {
  const found = await secretsOn(t.testdir(), {
    '/etc/shadow': shadow,
    '/etc/app/server.key': key('s'),
    '/opt/app/device.bin': `behind something ${key('d')}`,
    '/srv/token': token,
    '/root/.bash_history': `export T=${token}`,
    '/usr/lib/libgnutls.so.30': `\x7fELF${key('g')}${key('h')}`,
    '/usr/lib/tests/key.pem': key('t'),
    '/opt/app/daemon': `\x7fELF${key('o')}`,
  });
  t.same(found.sort(), [
    'account-password: the whole disk, /etc/shadow',
    'cloud-token-on-disk: the whole disk, /root/.bash_history',
    'cloud-token-on-disk: the whole disk, /srv/token',
    'private-key-on-disk: the whole disk, /opt/app/device.bin',
    'secrets-in-own-programs: the whole disk, /opt/app/daemon',
    'secrets-in-programs: the whole disk, /usr/lib/libgnutls.so.30',
    'secrets-in-test-files: the whole disk, /usr/lib/tests/key.pem',
    'shell-history: the whole disk, /root/.bash_history',
    'tls-private-key: the whole disk, /etc/app/server.key',
  ]);
});

t.test(
  'a rule for keys speaks of keys, and one that only lets a file go of what weighs no more',
  async (t) => {
    const files = { '/etc/app/server.key': key('s') + token, '/etc/hostname': 'x' };
    t.same(await secretsOn(t.testdir(), files), [
      'tls-private-key: the whole disk, /etc/app/server.key',
      'cloud-token-on-disk: the whole disk, /etc/app/server.key',
    ]);
    const own = (severity: ResidueRule['severity'], rest: Partial<ResidueRule> = {}): ResidueRule[] => [
      {
        ...{ id: 'own-key', severity, title: 'x', reason: 'x', fix: 'x', source: 'x', where: 'any' },
        ...{ look: ['/etc/**/*.key'], except: [], unless: [], test: { kind: 'exists' }, ...rest },
      },
    ];
    const at = 'the whole disk, /etc/app/server.key';
    t.same(await secretsOn(t.testdir(), files, { rules: own('error') }), [`own-key: ${at}`]);
    t.same(await secretsOn(t.testdir(), files, { rules: own('warning') }), [
      ...[`own-key: ${at}`, `private-key-on-disk: ${at}`, `cloud-token-on-disk: ${at}`],
    ]);
    t.same(
      await secretsOn(t.testdir(), files, { rules: own('error', { unless: ['/etc/hostname'] }) }),
      [],
      'first boot makes it anew',
    );
    const accounts = own('note', { look: ['/etc/shadow'], test: { kind: 'shadow', is: ['password'] } });
    t.same(
      await secretsOn(t.testdir(), { '/etc/shadow': shadow + token }, { rules: accounts }),
      ['own-key: the whole disk, /etc/shadow', 'cloud-token-on-disk: the whole disk, /etc/shadow'],
      'whoever lowers the weight of such a rule means these hashes',
    );
    t.same(await secretsOn(t.testdir(), files, { rules: [] }), [
      ...[`private-key-on-disk: ${at}`, `cloud-token-on-disk: ${at}`],
    ]);
  },
);

t.test('what lies in the journal, and behind the end of a file, belongs to no file', async (t) => {
  const change = async (image: string) => {
    const block = async (what: string) =>
      Number((await runTool('debugfs', ['-R', `bmap ${what} 0`, image])).stdout.trim());
    const { stdout } = await runTool('dumpe2fs', ['-h', image]);
    const blockBytes = Number(/^Block size: +(\d+)$/m.exec(stdout)![1]);
    await using file = await open(image, 'r+');
    await file.write(key('j'), ((await block('<8>')) + 3) * blockBytes);
    await file.write(key('e'), (await block('/srv/note')) * blockBytes + 100);
  };
  t.same(await secretsOn(t.testdir(), { '/srv/note': 'short\n' }, { change }), [
    'secrets-in-used-blocks: the whole disk',
    'secrets-in-used-blocks: the whole disk, the journal of its file system',
  ]);
});
