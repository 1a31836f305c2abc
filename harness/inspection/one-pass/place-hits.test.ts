import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { runTool } from '../../../foundation/index.ts';
import { longestEvidence } from '../finding.ts';
import { ImageSource } from '../image-source.ts';
import type { DiskPartition } from '../place.ts';
import { NeedleScan } from './needle-scan.ts';
import { onePassFindingKinds } from './one-pass-finding-kinds.ts';
import { findingsOfHits, placeHits } from './place-hits.ts';
import { readOnce } from './read-once.ts';

const mebibyte = 1024 ** 2;

/** MBR, a gap, ext4, FAT, swap and an empty partition. */
const partitions: readonly DiskPartition[] = [
  { number: 1, kind: 'primary', offsetBytes: mebibyte, sizeBytes: 40 * mebibyte },
  { number: 2, kind: 'primary', offsetBytes: 41 * mebibyte, sizeBytes: 8 * mebibyte },
  { number: 3, kind: 'extended', offsetBytes: 49 * mebibyte, sizeBytes: 11 * mebibyte },
  { number: 5, kind: 'logical', offsetBytes: 50 * mebibyte, sizeBytes: 4 * mebibyte },
  { number: 6, kind: 'logical', offsetBytes: 55 * mebibyte, sizeBytes: 4 * mebibyte },
].map((partition) => ({ ...partition, type: '0x83', isActive: false }) as DiskPartition);

function keyOf(letter: string): string {
  return `-----BEGIN PRIVATE KEY-----\n${letter.repeat(64)}\n-----END PRIVATE KEY-----\n`;
}

async function makeDisk(folder: string): Promise<string> {
  const path = join(folder, 'disk');
  {
    await using disk = await open(path, 'w');
    await disk.truncate(60 * mebibyte);
    await disk.write(keyOf('o'), 40 * 512);
    await disk.write(keyOf('s'), 50 * mebibyte + 3 * 4096);
    await disk.write('SWAPSPACE2', 50 * mebibyte + 4086);
    await disk.write('LUKS\xba\xbe\0\x01aes\0', 55 * mebibyte, 'latin1');
    await disk.write('LUKS\xba\xbe\0\x01aes\0', 55 * mebibyte + 512 * 9, 'latin1');
    await disk.write(keyOf('e'), 49 * mebibyte + 4096);
  }
  const ext = `${path}?offset=${mebibyte}`;
  await runTool('mke2fs', ['-q', '-F', '-t', 'ext4', '-E', `offset=${mebibyte}`, path, '40m']);
  for (const [name, letter] of [
    ['kept', 'k'],
    ['gone', 'g'],
  ] as const) {
    await writeFile(join(folder, name), keyOf(letter));
    await runTool('debugfs', ['-w', '-R', `write ${join(folder, name)} ${name}`, ext]);
  }
  await runTool('debugfs', ['-w', '-R', 'rm gone', ext]);
  await runTool('mkfs.fat', ['--offset', `${(41 * mebibyte) / 512}`, path, '8192']);
  const fat = `${path}@@${41 * mebibyte}`;
  await runTool('mcopy', ['-i', fat, '-', '::kept'], { input: keyOf('K') });
  await runTool('mcopy', ['-i', fat, '-', '::gone'], { input: keyOf('G') });
  await runTool('mdel', ['-i', fat, '::gone']);
  return path;
}

t.test('where secrets of a real disk lie; the deleted one is told apart, as debugfs says', async (t) => {
  const folder = t.testdir();
  const path = await makeDisk(folder);
  await using source = await ImageSource.open(path);
  const scan = new NeedleScan();
  await readOnce(source, { observers: [scan] });
  const { hits, counts } = scan.finish();
  const placed = await placeHits(source, hits, { partitions });
  const places: Record<string, string> = {};
  for (const { hit, area, partition } of placed) {
    const letter = (await source.read(hit.offsetBytes + 28, 1)).toString();
    const name = hit.needle.kind.id === 'luks-header-on-disk' ? `luks ${hit.offsetBytes % mebibyte}` : letter;
    places[name] = `${area} ${partition?.number}`;
  }
  t.same(places, {
    o: 'outside undefined',
    k: 'used 1',
    g: 'free 1',
    K: 'used 2',
    G: 'free 2',
    e: 'outside undefined',
    s: 'swap 5',
    'luks 0': 'unknown 6',
    'luks 4608': 'unknown 6',
  });
  const ext = `${path}?offset=${mebibyte}`;
  const { stdout: blockSize } = await runTool('debugfs', ['-R', 'stats', ext]);
  const blockBytes = Number(/^Block size: +(\d+)$/m.exec(blockSize)![1]);
  for (const { hit, area, partition } of placed.filter(({ partition }) => partition?.number === 1)) {
    const block = Math.floor((hit.offsetBytes - partition!.offsetBytes) / blockBytes);
    const owner = await runTool('debugfs', ['-R', `icheck ${block}`, ext]);
    const bit = await runTool('debugfs', ['-R', `testb ${block}`, ext]);
    t.match(owner.stdout, area === 'free' ? `${block}\t<block not found>` : /\t1\d\n/);
    t.match(bit.stdout, area === 'free' ? 'not in use' : 'marked in use');
  }

  const findings = findingsOfHits(placed, counts);
  t.same(
    findings.map(({ kind, where }) => `${kind}: ${where.replace(/byte \d+/, 'byte N')}`),
    [
      'private-key-on-disk: outside of partitions, byte N of the disk',
      'private-key-on-disk: partition 1, in free space (deleted but present), byte N of the disk',
      'private-key-on-disk: partition 2, in free space (deleted but present), byte N of the disk',
      'private-key-on-disk: outside of partitions, byte N of the disk',
      'private-key-on-disk: partition 5, in swap, byte N of the disk',
      'luks-header-on-disk: partition 6, in a file or in free space, byte N of the disk',
      'secrets-in-used-blocks: partition 1',
      'secrets-in-used-blocks: partition 2',
    ],
  );
  for (const { kind, evidence } of findings) {
    t.ok(onePassFindingKinds.some(({ id }) => id === kind));
    t.ok(evidence.length <= longestEvidence);
    t.notMatch(evidence, /([a-zA-Z])\1{9}/, 'the key is not shown');
  }
});

t.test(
  'what the profile declares outside of partitions is not judged, and nothing else is left out',
  async (t) => {
    const path = await makeDisk(t.testdir());
    await using source = await ImageSource.open(path);
    const scan = new NeedleScan();
    await readOnce(source, { observers: [scan] });
    const { hits, counts } = scan.finish();
    const keyBytes = keyOf('o').length;
    const outside = async (...declared: { offsetBytes: number; lengthBytes: number }[]) => {
      const findings = findingsOfHits(await placeHits(source, hits, { partitions, declared }), counts);
      t.notOk(findings.some(({ kind }) => kind === 'secrets-too-many'));
      t.equal(findings.filter(({ where }) => where.startsWith('partition')).length, 6, 'those in partitions');
      return findings.flatMap(({ where, range }) =>
        where.startsWith('outside') ? [range!.offsetBytes] : [],
      );
    };
    const [first, second] = [40 * 512, 49 * mebibyte + 4096];
    t.same(await outside(), [first, second]);
    t.same(await outside({ offsetBytes: 512, lengthBytes: 60 * 512 }), [second]);
    t.same(
      await outside({ offsetBytes: first, lengthBytes: keyBytes / 2 }),
      [first, second],
      'only a part of it',
    );
    t.same(await outside({ offsetBytes: first + 1, lengthBytes: 9 * 512 }), [first, second]);
    t.same(
      await outside({ offsetBytes: mebibyte, lengthBytes: 40 * mebibyte }),
      [first, second],
      'a partition',
    );
  },
);

t.test('many secrets in files do not hide the deleted one behind them', async (t) => {
  const folder = t.testdir();
  const path = join(folder, 'fs');
  await runTool('mke2fs', ['-q', '-F', '-t', 'ext4', '-b', '4096', path, '40m']);
  const token = (letter: string) => `ghp_${letter.repeat(36)}\n`;
  await writeFile(join(folder, 'tests'), `${keyOf('t').repeat(250)}${token('T').repeat(2)}`);
  await runTool('debugfs', ['-w', '-R', `write ${join(folder, 'tests')} tests`, path]);
  const blockOf = async (name: string) =>
    Number((await runTool('debugfs', ['-R', `bmap ${name} 0`, path])).stdout.trim());
  const last = 9000;
  t.match((await runTool('debugfs', ['-R', `testb ${last}`, path])).stdout, 'not in use');
  t.ok((await blockOf('tests')) < last);
  {
    await using file = await open(path, 'r+');
    await file.write(keyOf('d').repeat(120), last * 4096);
  }
  await using source = await ImageSource.open(path);
  const scan = new NeedleScan();
  await readOnce(source, { observers: [scan] });
  const { hits, counts } = scan.finish();
  const whole = { ...partitions[0]!, number: 0, offsetBytes: 0, sizeBytes: source.sizeBytes };
  const findings = findingsOfHits(await placeHits(source, hits, { partitions: [whole] }), counts);
  const listed = findings.filter(({ kind }) => kind === 'private-key-on-disk');
  t.equal(listed.length, 100, 'as many as are listed');
  t.equal(listed[0]!.range!.offsetBytes, last * 4096);
  t.ok(listed.every(({ where }) => where.startsWith('the whole disk, in free space')));
  t.match(
    findings.find(({ kind }) => kind === 'secrets-in-used-blocks')!.evidence,
    /^250 × private-key-on-disk, 2 × cloud-token-on-disk; the first at byte \d+ of the disk: PEM PRIVATE KEY, SHA-256 [0-9a-f]{8}…$/,
  );
  t.equal(
    findings.find(({ kind }) => kind === 'secrets-too-many')!.evidence,
    'private-key-on-disk: 370 places, 370 looked at, 20 of them not listed',
  );
  const { severity } = onePassFindingKinds.find(({ id }) => id === 'secrets-in-used-blocks')!;
  t.equal(severity, 'warning', 'no rule on files may know them');
});

t.test('swap is what is reported as swap: with large pages, and of a machine that sleeps', async (t) => {
  const path = join(t.testdir(), 'swap');
  for (const [signature, pageBytes] of [
    ['SWAPSPACE2', 4096],
    ['SWAPSPACE2', 32_768],
    ['S1SUSPEND', 4096],
    ['LINHIB0001', 65_536],
  ] as const) {
    {
      await using file = await open(path, 'w');
      await file.truncate(mebibyte);
      await file.write(`${signature}\0`.slice(0, 10), pageBytes - 10);
      await file.write(keyOf('s'), 40 * 4096);
    }
    await using source = await ImageSource.open(path);
    const scan = new NeedleScan();
    await readOnce(source, { observers: [scan] });
    const whole = { ...partitions[0]!, number: 0, offsetBytes: 0, sizeBytes: source.sizeBytes };
    const placed = await placeHits(source, scan.finish().hits, { partitions: [whole] });
    t.same(
      placed.map(({ area }) => area),
      ['swap'],
      `${signature} in pages of ${pageBytes} bytes`,
    );
  }
});

t.test('each area has its own first places', (t) => {
  const scan = new NeedleScan();
  scan.onData(0, Buffer.from(keyOf('x').repeat(152)));
  const { hits, counts } = scan.finish();
  const findings = findingsOfHits(
    hits.map((hit, index) => ({ hit, area: index < 150 ? 'outside' : 'swap', partition: partitions[3]! })),
    counts,
  );
  t.equal(findings.filter(({ where }) => where.includes('outside')).length, 100);
  t.equal(findings.filter(({ where }) => where.includes('in swap')).length, 2);
  t.match(findings.at(-1)!.evidence, '152 places, 152 looked at, 50 of them not listed');
  t.end();
});

t.test('a damaged map, and more than is listed', async (t) => {
  const path = join(t.testdir(), 'fs');
  await runTool('mke2fs', ['-q', '-F', '-t', 'ext2', '-b', '4096', path, '20m']);
  {
    await using file = await open(path, 'r+');
    await file.write(Buffer.from([0xff, 0xff, 0xff, 0xff]), 0, 4, 4096);
    await file.write(keyOf('a').repeat(5), 4096 * 4000);
  }
  await using source = await ImageSource.open(path);
  const scan = new NeedleScan(undefined, { mostHits: 2, mostCandidates: 4 });
  await readOnce(source, { observers: [scan] });
  const { hits, counts } = scan.finish();
  const whole: DiskPartition = {
    number: 0,
    kind: 'whole-disk',
    offsetBytes: 0,
    sizeBytes: source.sizeBytes,
    type: '',
    isActive: false,
  };
  const findings = findingsOfHits(await placeHits(source, hits, { partitions: [whole] }), counts);
  t.match(findings, [
    { kind: 'private-key-on-disk', where: /^the whole disk, in a file or in free space, byte/ },
    { kind: 'private-key-on-disk' },
    { kind: 'free-space-unreadable', where: 'the whole disk' },
    {
      kind: 'secrets-too-many',
      evidence: /^private-key-on-disk: 4 places, 2 looked at; not searched for behind byte \d+$/,
    },
  ]);
  t.equal(findings.length, 4);
});
