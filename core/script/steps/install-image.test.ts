import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import t, { type Test } from 'tap';
import { parseConfig } from '../../../foundation/index.ts';
import { bytesAt, type FileMachine, formatFile, makeFileMachine, mebibyte } from './fixtures/file-disks.ts';
import { makeInstallImage } from './install-image.ts';

const diskBytes = 8 * mebibyte;

async function run({ machine, context }: FileMachine, written: object) {
  const kind = makeInstallImage(machine);
  return await kind.run(parseConfig(kind.options, written, 'the step'), context);
}

/** Bytes with runs of zeros, of no whole MiB. */
function makeImage(): Buffer {
  const image = Buffer.alloc(5 * mebibyte + 700);
  randomBytes(mebibyte + 100).copy(image, 0);
  randomBytes(mebibyte).copy(image, 3 * mebibyte);
  randomBytes(700).copy(image, 5 * mebibyte);
  return image;
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

function prepare(t: Test, name: string, bytes: Buffer): FileMachine {
  const fake = makeFileMachine(t, [{ name: 'vda', sizeBytes: diskBytes }]);
  writeFileSync(join(fake.folder, 'script', name), bytes);
  return fake;
}

for (const [name, pack] of [
  ['system.raw', (bytes: Buffer) => bytes],
  ['system.raw.gz', gzipSync],
  ['system.raw.zst', zstdCompressSync],
  [
    'many-frames.zst',
    (bytes: Buffer) => {
      const parts = [
        bytes.subarray(0, 1_500_000),
        bytes.subarray(1_500_000, 1_500_001),
        bytes.subarray(1_500_001),
      ];
      return Buffer.concat(parts.map((part) => zstdCompressSync(part)));
    },
  ],
] as const) {
  t.test(`${name} over a disk that holds something, with its hash`, async (t) => {
    const image = makeImage();
    const packed = pack(image);
    const fake = prepare(t, name, packed);
    writeFileSync(fake.device('vda'), Buffer.alloc(diskBytes, 0xa5));
    const options = { image: name, to: 'only', sha256: sha256(packed) };
    await t.rejects(run(fake, options), { code: 'SCRIPT_TARGET_NOT_BLANK' });
    t.ok(
      readFileSync(fake.device('vda')).equals(Buffer.alloc(diskBytes, 0xa5)),
      'untouched without overwrite',
    );
    const facts = await run(fake, { ...options, overwrite: true });
    t.match(facts, { target: 'vda', sizeBytes: image.length });
    t.ok(readFileSync(fake.device('vda')).subarray(0, image.length).equals(image));
    t.ok(
      bytesAt(fake.device('vda'), image.length, 4096).every((byte) => byte === 0xa5),
      'no byte behind it',
    );
    const said = fake.context.lines.filter((line) => line.endsWith('written'));
    t.match(said.at(-1), /100 % written$/);
    t.match(fake.context.programs.at(-1), /^blockdev --rereadpt/);
  });
}

t.test('zeros are not written where the disk is blank', async (t) => {
  const image = makeImage();
  const fake = prepare(t, 'system.raw', image);
  const facts = await run(fake, { image: 'system.raw', to: 'only' });
  // Of 6 chunks, 2 hold nothing but zeros; the one with 100 bytes is written whole.
  t.match(facts, { writtenBytes: 3 * mebibyte + 700 });
  t.ok(readFileSync(fake.device('vda')).subarray(0, image.length).equals(image));
});

t.test('an image that is not right leaves the disk as it was', async (t) => {
  const image = makeImage();
  const zst = zstdCompressSync(image);
  const gz = gzipSync(image);
  const flipped = Buffer.from(gz);
  flipped[gz.length >> 1]! ^= 1;
  for (const [what, name, bytes, more] of [
    ['another hash', 'a.raw', image, { sha256: sha256(zst) }],
    ['another hash, packed', 'a.zst', zst, { sha256: sha256(image) }],
    ['cut short', 'a.zst', zst.subarray(0, zst.length - 5), {}],
    ['cut short after a frame', 'a.zst', Buffer.concat([zst, zst.subarray(0, 40)]), {}],
    ['junk behind it', 'a.zst', Buffer.concat([zst, Buffer.from('junk')]), {}],
    ['flipped', 'a.gz', flipped, {}],
    ['not packed at all', 'a.gz', image, {}],
    ['empty', 'a.raw', Buffer.alloc(0), {}],
    ['too large', 'a.raw', Buffer.alloc(diskBytes + 1), { code: 'SCRIPT_SPACE_TOO_SMALL' }],
    [
      'too large, packed',
      'a.zst',
      zstdCompressSync(Buffer.alloc(diskBytes + 1)),
      { code: 'SCRIPT_SPACE_TOO_SMALL' },
    ],
  ] as const) {
    const fake = prepare(t, name, bytes);
    writeFileSync(fake.device('vda'), Buffer.alloc(diskBytes, 0xa5));
    const { code = 'SCRIPT_IMAGE_UNUSABLE', ...options } = more as { code?: string; sha256?: string };
    await t.rejects(run(fake, { image: name, to: 'only', overwrite: true, ...options }), { code }, what);
    t.ok(
      readFileSync(fake.device('vda')).equals(Buffer.alloc(diskBytes, 0xa5)),
      `${what}: not a byte was written`,
    );
  }
  const fake = prepare(t, 'a.raw', image);
  await t.rejects(run(fake, { image: 'gone.raw', to: 'only' }), {
    code: 'SCRIPT_IMAGE_UNUSABLE',
    message: /gone/,
  });
});

t.test('over a partition that is not mounted', async (t) => {
  const disk = { name: 'vda', sizeBytes: diskBytes, partitions: [[2048, 4096] as [number, number]] };
  const fake = makeFileMachine(t, [disk]);
  const image = randomBytes(2 * mebibyte);
  writeFileSync(join(fake.context.mediumFolder, 'part.raw'), image);
  const options = { image: { medium: 'part.raw' }, to: { disk: 'only', partition: 1 } };
  await run(fake, options);
  t.ok(readFileSync(fake.device('vda1')).equals(image));
  t.same(fake.context.programs, [], 'the table is as it was');
  writeFileSync(join(fake.folder, 'proc/mounts'), '/dev/vda1 /mnt ext4 rw 0 0\n');
  await t.rejects(run(fake, { ...options, overwrite: true }), { code: 'SCRIPT_TARGET_IN_USE' });
});

t.test('an image that lies on a partition of another disk, which is mounted for it', async (t) => {
  const fake = makeFileMachine(t, [
    { name: 'vda', sizeBytes: diskBytes, port: '/pci0/a' },
    { name: 'vdb', sizeBytes: 16 * mebibyte, port: '/pci0/b', partitions: [[2048, 16384]] },
  ]);
  formatFile(fake.device('vdb1'));
  const image = makeImage();
  const volume = join(fake.folder, 'volumes/vdb1');
  const { mount } = fake.machine;
  fake.machine.mount = async (...words) => {
    const mounted = await mount(...words);
    mkdirSync(volume, { recursive: true });
    writeFileSync(join(volume, 'system.raw'), image);
    return mounted;
  };
  await run(fake, { image: { partition: 'port:/pci0/b/#1', path: '/system.raw' }, to: 'port:/pci0/a/' });
  t.ok(readFileSync(fake.device('vda')).subarray(0, image.length).equals(image));
  const [first, ...others] = fake.context.programs;
  t.equal(first, 'mount ext4 ro vdb1');
  t.equal(others.at(-1), 'umount vdb1');
});

t.test('a disk that does not keep what is written is found out, and nothing starts from it', async (t) => {
  const image = makeImage();
  const fake = prepare(t, 'system.raw', image);
  const { open } = fake.machine;
  fake.machine.open = async (path, use) => {
    const access = await open(path, use);
    const write = access.write.bind(access);
    access.write = async (bytes, positionBytes) => {
      if (positionBytes !== 3 * mebibyte) await write(bytes, positionBytes);
    };
    return access;
  };
  await t.rejects(run(fake, { image: 'system.raw', to: 'only' }), {
    code: 'SCRIPT_DISK_DIFFERS',
    message: new RegExp(`byte ${3 * mebibyte}`),
  });
  t.ok(
    bytesAt(fake.device('vda'), 0, mebibyte).every((byte) => byte === 0),
    'no table, no loader',
  );
});

t.test('an image that is another one the second time', async (t) => {
  const image = makeImage();
  const fake = prepare(t, 'system.raw', image);
  const path = join(fake.folder, 'script/system.raw');
  const { open } = fake.machine;
  fake.machine.open = async (...words) => {
    image[4 * mebibyte]! ^= 1;
    writeFileSync(path, image);
    return await open(...words);
  };
  const options = { image: 'system.raw', to: 'only', sha256: sha256(image) };
  await t.rejects(run(fake, options), { code: 'SCRIPT_IMAGE_UNUSABLE', message: /second time/ });
  t.ok(
    bytesAt(fake.device('vda'), 0, mebibyte).every((byte) => byte === 0),
    'nothing starts from it',
  );
  fake.machine.open = async (...words) => {
    truncateSync(path, 2 * mebibyte);
    return await open(...words);
  };
  await t.rejects(run(fake, { image: 'system.raw', to: 'only', overwrite: true }), { message: /shorter/ });
});

t.test('a step that is given up ends soon', async (t) => {
  for (const [name, bytes] of [
    ['system.raw', makeImage()],
    ['system.zst', zstdCompressSync(makeImage())],
  ] as const) {
    const fake = prepare(t, name, bytes);
    const giveUp = new AbortController();
    const log = (text: string) => {
      fake.context.lines.push(text);
      giveUp.abort(new Error('given up'));
    };
    const context = { ...fake.context, signal: giveUp.signal, log };
    await t.rejects(run({ ...fake, context }, { image: name, to: 'only' }), { message: 'given up' });
    t.equal(fake.context.lines.length, 1, 'nothing went on');
    t.ok(bytesAt(fake.device('vda'), 0, mebibyte).every((byte) => byte === 0));
  }
});

t.test('an image is not read for a step that is over', async (t) => {
  const fake = prepare(t, 'system.gz', gzipSync(makeImage()));
  const context = { ...fake.context, signal: AbortSignal.abort(new Error('given up')) };
  await t.rejects(run({ ...fake, context }, { image: 'system.gz', to: 'only' }), { message: 'given up' });
});
