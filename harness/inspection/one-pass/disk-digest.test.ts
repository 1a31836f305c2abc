import { createHash } from 'node:crypto';
import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { runTool } from '../../../foundation/index.ts';
import { ImageSource } from '../image-source.ts';
import { DiskDigest } from './disk-digest.ts';
import { PlainDigest } from './plain-digest.ts';
import { readOnce } from './read-once.ts';

const block = 65_536;

/** As the format is described, in the plainest way, of all bytes in memory. */
function expectedDigest(bytes: Buffer): string {
  const lines = [`assay-disk-1 ${bytes.length}\n`];
  for (let index = 0; index * block < bytes.length; index += 1) {
    const part = bytes.subarray(index * block, (index + 1) * block);
    if (part.some((byte) => byte !== 0))
      lines.push(`${index} ${createHash('sha256').update(part).digest('hex')}\n`);
  }
  return createHash('sha256').update(lines.join('')).digest('hex');
}

/** Shown in parts that begin and end anywhere; parts of zeros as holes where wanted. */
async function digestOf(bytes: Buffer, cuts: readonly number[], zerosAreHoles: boolean): Promise<string> {
  const digest = new DiskDigest(bytes.length);
  const ends = [...new Set([...cuts, bytes.length])].sort((a, b) => a - b);
  const memory = Buffer.alloc(bytes.length);
  let at = 0;
  for (const end of ends) {
    const part = bytes.subarray(at, end);
    if (zerosAreHoles && part.every((byte) => byte === 0)) await digest.onHole(at, part.length);
    else {
      // As the pass does it: the memory is used again as soon as the call is done.
      part.copy(memory);
      await digest.onData(at, memory.subarray(0, part.length));
      memory.fill(0xee);
    }
    at = end;
  }
  return (await digest.finish()).digest;
}

/** Numbers that are the same each time. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Data, zeros and both in one block, in stretches of random length. */
function mixedBytes(sizeBytes: number, next: (below: number) => number): Buffer {
  const bytes = Buffer.alloc(sizeBytes);
  for (let at = 0; at < sizeBytes; ) {
    const end = Math.min(sizeBytes, at + 1 + next(2 * block));
    if (next(3) === 0) bytes.fill(1 + next(255), at, end);
    at = end;
  }
  return bytes;
}

t.test(
  'it is what its description says, however the disk is cut, and whichever zeros are holes',
  async (t) => {
    const next = random(7);
    for (const sizeBytes of [
      0,
      1,
      511,
      block - 1,
      block,
      block + 1,
      10 * block,
      10 * block + 777,
      25 * block,
    ]) {
      const bytes = mixedBytes(sizeBytes, next);
      const expected = expectedDigest(bytes);
      for (let round = 0; round < 6; round += 1) {
        const cuts = Array.from({ length: next(40) }, () => next(sizeBytes + 1));
        t.equal(
          await digestOf(bytes, cuts, round % 2 === 0),
          expected,
          `${sizeBytes} bytes, ${cuts.length} cuts`,
        );
      }
    }
  },
);

t.test('holes in all places of a block', async (t) => {
  const bytes = Buffer.alloc(4 * block + 100);
  for (const at of [0, 100, block - 1, block, 2 * block - 1, 3 * block + 5, 4 * block, 4 * block + 99]) {
    const one = Buffer.from(bytes);
    one[at] = 1;
    const expected = expectedDigest(one);
    t.equal(await digestOf(one, [at, at + 1], true), expected, `one byte at ${at} between two holes`);
    t.equal(await digestOf(one, [at + 1], true), expected, `up to ${at}, then a hole`);
    t.equal(await digestOf(one, [at], true), expected, `a hole, from ${at} on data`);
  }
  t.equal(await digestOf(bytes, [], true), expectedDigest(bytes), 'nothing but a hole');
  t.equal(await digestOf(bytes, [], false), expectedDigest(bytes), 'nothing but zeros');
});

t.test('other bytes, another size or another place give another digest', async (t) => {
  const bytes = mixedBytes(3 * block + 10, random(3));
  const digests = new Set([await digestOf(bytes, [], false)]);
  for (const at of [0, 1, block - 1, block, 2 * block + 17, 3 * block + 9]) {
    const changed = Buffer.from(bytes);
    changed[at]! ^= 1;
    digests.add(await digestOf(changed, [], false));
  }
  digests.add(await digestOf(Buffer.concat([bytes, Buffer.alloc(1)]), [], false));
  digests.add(await digestOf(bytes.subarray(0, -1), [], false));
  digests.add(await digestOf(Buffer.concat([Buffer.alloc(block), bytes.subarray(0, -block)]), [], false));
  t.equal(digests.size, 10);
});

t.test('a pass that leaves something out gives no digest', async (t) => {
  const digest = new DiskDigest(100);
  await digest.onData(0, Buffer.alloc(10, 1));
  await t.rejects(digest.onData(11, Buffer.alloc(10)), RangeError);
  await t.rejects(digest.onHole(11, 10), RangeError);
  await t.rejects(digest.finish(), RangeError);
});

/** The shell of the format's docstring. */
const script = `
bytes=$(stat -c %s disk.img); blocks=$(( (bytes + 65535) / 65536 ))
{ echo "assay-disk-1 $bytes"
  for ((i = 0; i < blocks; i++)); do
    dd if=disk.img bs=65536 skip=$i count=1 status=none >block
    [ "$(tr -d '\\0' <block | wc -c)" -eq 0 ] || echo "$i $(sha256sum <block | cut -c -64)"
  done; } | sha256sum
`;

t.test('files: a shell comes to the same, holes or zeros, and sha256sum to the plain one', async (t) => {
  const folder = t.testdir();
  const bytes = mixedBytes(30 * block + 1234, random(5));
  const [dense, sparse] = [join(folder, 'disk.img'), join(folder, 'sparse.img')];
  await writeFile(dense, bytes);
  await runTool('cp', ['--sparse=always', dense, sparse]);
  const digests: string[] = [];
  const plains: string[] = [];
  for (const path of [dense, sparse]) {
    await using source = await ImageSource.open(path);
    const [digest, plain] = [new DiskDigest(source.sizeBytes), new PlainDigest()];
    const { holeBytes } = await readOnce(source, { observers: [digest, plain] });
    t.equal(holeBytes > 0, path === sparse, 'one of them has holes');
    digests.push((await digest.finish()).digest);
    plains.push(plain.finish());
  }
  const byShell = await runTool('bash', ['-c', script], { cwd: folder });
  t.same(digests, Array(2).fill(byShell.stdout.slice(0, 64)));
  const plain = await runTool('sha256sum', [dense]);
  t.same(plains, Array(2).fill(plain.stdout.slice(0, 64)));
  const docstring = await readFile(join(import.meta.dirname, 'disk-digest-format.ts'), 'utf8');
  for (const line of script.trim().split('\n'))
    t.ok(docstring.includes(line), 'this is the shell of the docstring');
});

t.test('a disk of a tebibyte takes no time where it is empty', async (t) => {
  const path = join(t.testdir(), 'disk');
  {
    await using file = await open(path, 'w');
    await file.truncate(2 ** 40);
    await file.write('here', 2 ** 39 + 5);
  }
  await using source = await ImageSource.open(path);
  const digest = new DiskDigest(source.sizeBytes);
  await readOnce(source, { observers: [digest] });
  const data = Buffer.alloc(block);
  data.write('here', 5);
  const line = `${2 ** 39 / block} ${createHash('sha256').update(data).digest('hex')}\n`;
  t.same(await digest.finish(), {
    format: 'assay-disk-1',
    digest: createHash('sha256')
      .update(`assay-disk-1 ${2 ** 40}\n${line}`)
      .digest('hex'),
    sizeBytes: 2 ** 40,
    dataBlocks: 1,
  });
});

t.test('the plain digest of a long hole can be stopped', async (t) => {
  const abort = new AbortController();
  const digest = new PlainDigest(abort.signal);
  const hashing = digest.onHole(0, 2 ** 50);
  abort.abort(new Error('enough'));
  await t.rejects(hashing, { message: 'enough' });
});
