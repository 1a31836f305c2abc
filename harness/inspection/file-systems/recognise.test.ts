import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { runTool } from '../../../foundation/index.ts';
import { longestEvidence } from '../finding.ts';
import { ImageSource } from '../image-source.ts';
import {
  corrupted,
  inDisk,
  makeExt,
  makeFat,
  makeSquashfs,
  makeTree,
  mebibyte,
  newFile,
  partitionAt,
  uuid,
  wholeImage,
} from './fixtures/images.ts';
import { recogniseFileSystem } from './recognise.ts';

const folder = t.testdir({});
const at = (name: string) => join(folder, name);
const kindsOf = ({ findings }: { findings: readonly { kind: string }[] }) => findings.map(({ kind }) => kind);

async function recognise(path: string) {
  const { source, partition } = await wholeImage(path);
  await using _ = source;
  return await recogniseFileSystem(source, partition);
}

async function recogniseBytes(bytes: Buffer) {
  await writeFile(at('bytes'), bytes);
  return await recognise(at('bytes'));
}

/** What blkid says, as a witness. */
async function blkid(path: string): Promise<Map<string, string>> {
  const { stdout } = await runTool('blkid', ['-p', '-o', 'export', path]);
  return new Map(stdout.split('\n').map((line) => [line.split('=')[0]!, line.split('=')[1]!]));
}

t.test('file systems that are whole, as blkid sees them', async (t) => {
  const tree = await makeTree(folder);
  const images: [string, string, () => Promise<unknown>][] = [
    ['ext2', 'ext2', () => makeExt(at('ext2'), tree, ['-t', 'ext2'])],
    ['ext3', 'ext3', () => makeExt(at('ext3'), tree, ['-t', 'ext3'])],
    ['ext4', 'ext4', () => makeExt(at('ext4'), tree, ['-t', 'ext4', '-M', '/last/place'])],
    ['fat12', 'vfat', () => makeFat(at('fat12'), 12, mebibyte)],
    ['fat16', 'vfat', () => makeFat(at('fat16'), 16, 16 * mebibyte)],
    ['fat32', 'vfat', () => makeFat(at('fat32'), 32, 34 * mebibyte)],
    ['squashfs', 'squashfs', () => makeSquashfs(at('squashfs'), tree)],
    [
      'swap',
      'swap',
      async () => {
        await truncate(await newFile(at('swap')), mebibyte);
        await runTool('mkswap', ['-q', '-L', 'memory', '-U', uuid, at('swap')]);
      },
    ],
    [
      'xfs',
      'xfs',
      async () => {
        await truncate(await newFile(at('xfs')), 320 * mebibyte);
        await runTool('mkfs.xfs', ['-q', '-L', 'data', '-m', `uuid=${uuid}`, at('xfs')]);
      },
    ],
    [
      'iso9660',
      'iso9660',
      () => runTool('xorriso', ['-as', 'mkisofs', '-quiet', '-V', 'DISC', '-o', at('iso9660'), tree]),
    ],
  ];
  for (const [type, blkidType, make] of images) {
    await make();
    const found = await recognise(at(type));
    const witness = await blkid(at(type));
    t.equal(found.type, type);
    t.equal(witness.get('TYPE'), blkidType);
    t.equal(found.uuid, witness.get('UUID'), `${type}: its UUID`);
    t.equal(found.label, witness.get('LABEL'), `${type}: its label`);
    t.same(kindsOf(found), [], `${type} has no findings`);
  }
  const ext4 = await recognise(at('ext4'));
  t.match(ext4, {
    sizeBytes: 16 * mebibyte,
    state: 'clean',
    features: ['has_journal', 'dir_index', 'extent'],
  });
  t.equal(ext4.facts.get('last mounted on'), '/last/place');
  t.equal((await recognise(at('fat32'))).sizeBytes, 34 * mebibyte);
  t.match(await recognise(at('squashfs')), { features: ['gzip'] });
  t.equal((await recognise(at('swap'))).sizeBytes, mebibyte);
});

t.test('what has no file system', async (t) => {
  await truncate(await newFile(at('holes')), 8 * mebibyte);
  t.match(await recognise(at('holes')), { type: 'empty', findings: [] });
  t.match(await recogniseBytes(Buffer.alloc(mebibyte)), { type: 'empty', findings: [] });
  const noise = Buffer.alloc(mebibyte);
  noise[mebibyte / 2] = 1;
  const unknown = await recogniseBytes(noise);
  t.equal(unknown.type, 'unknown', 'one byte is enough');
  t.same(kindsOf(unknown), ['file-system-unknown']);
  const key = await recogniseBytes(Buffer.alloc(mebibyte, 'secret key! '));
  t.equal(key.findings[0]!.evidence, '512 of its first 512 bytes are not zero', 'it may be a key');
  const program = Buffer.alloc(mebibyte, 'secret');
  program.write('\x7fELF', 'latin1');
  t.equal((await recogniseBytes(program)).findings[0]!.evidence, 'it begins like an ELF program');
  t.match(await recogniseBytes(Buffer.alloc(1)), { type: 'empty' });
  const { source } = await wholeImage(at('bytes'));
  await using _ = source;
  const bios = partitionAt(0, 1, { type: '21686148-6449-6e6f-744e-656564454649' });
  t.same(kindsOf(await recogniseFileSystem(source, bios)), []);
  t.match(await recogniseFileSystem(source, partitionAt(0, 1, { kind: 'extended' })), {
    type: 'unknown',
    findings: [],
  });
});

t.test('in a partition, and cut off by it', async (t) => {
  const image = await readFile(at('ext4'));
  const partition = await inDisk(image, at('disk'));
  await using source = await ImageSource.open(at('disk'));
  t.match(await recogniseFileSystem(source, partition), { type: 'ext4', uuid, findings: [] });
  const smaller = { ...partition, sizeBytes: partition.sizeBytes - 4096 };
  const cut = await recogniseFileSystem(source, smaller);
  t.same(kindsOf(cut), ['file-system-truncated']);
  t.equal(cut.findings[0]!.where, 'partition 1');
  t.same(cut.findings[0]!.range, { offsetBytes: mebibyte, lengthBytes: smaller.sizeBytes });
  const absurd = await readFile(at('xfs'));
  absurd.writeBigUInt64BE(2n ** 60n, 8);
  t.same(kindsOf(await recogniseBytes(absurd.subarray(0, mebibyte))), ['file-system-truncated']);
  await truncate(at('ext4'), 64 * mebibyte);
  t.same(kindsOf(await recognise(at('ext4'))), ['file-system-not-grown']);
  await truncate(at('ext4'), 16 * mebibyte);
});

t.test('states of a file system', async (t) => {
  const image = await readFile(at('ext4'));
  const changed = (change: (superblock: Buffer) => void) => {
    const copy = Buffer.from(image);
    change(copy.subarray(1024, 2048));
    return recogniseBytes(copy);
  };
  const dirty = await changed((superblock) =>
    superblock.writeUInt32LE(superblock.readUInt32LE(0x60) | 4, 0x60),
  );
  t.same([dirty.state, kindsOf(dirty)], ['in-use', ['file-system-in-use']]);
  const errors = await changed((superblock) => superblock.writeUInt16LE(3, 0x3a));
  t.same([errors.state, kindsOf(errors)], ['has-errors', ['file-system-noted-errors']]);
  const absurd = await changed((superblock) => superblock.writeUInt32LE(99, 0x18));
  t.same(kindsOf(absurd), ['file-system-superblock-damaged']);
  t.match(absurd.findings[0]!.evidence, /2\^109 bytes/);
  const gone = await changed((superblock) => superblock.fill(0));
  t.same(kindsOf(gone), ['file-system-superblock-lost']);
  t.match(gone.findings[0]!.evidence, /block 8193/);
  const fat = await readFile(at('fat16'));
  fat[37] = 1;
  t.match(await recogniseBytes(fat), { state: 'in-use' });
  const hibernated = await readFile(at('swap'));
  hibernated.write('S1SUSPEND\0', 4086, 'latin1');
  t.same(kindsOf(await recogniseBytes(hibernated)), ['swap-hibernated']);
  const both = Buffer.concat([image, Buffer.alloc(0)]);
  (await readFile(at('swap'))).copy(both, 4086, 4086, 4096);
  t.same(kindsOf(await recogniseBytes(both)), ['file-system-several-signatures']);
  both.writeUInt32LE(99, 1024 + 0x18);
  t.match(await recogniseBytes(both), { type: 'swap' }, 'what fits together is believed');
  const noise = Buffer.alloc(mebibyte, 0x53);
  noise.writeUInt16LE(0xef53, 1080);
  t.same(kindsOf(await recogniseBytes(noise)), ['file-system-unknown'], 'two bytes are no file system');
});

t.test('what has no tool here, by its bytes', async (t) => {
  const bytes = (size: number, ...parts: [number, string | Buffer][]) => {
    const image = Buffer.alloc(size);
    for (const [offset, part] of parts) Buffer.from(part as string, 'latin1').copy(image, offset);
    return image;
  };
  const id = Buffer.from(uuid.replaceAll('-', ''), 'hex');
  const number = (value: number) => {
    const buffer = Buffer.alloc(4);
    buffer.writeUInt32LE(value);
    return buffer;
  };
  const luks = await recogniseBytes(bytes(mebibyte, [0, 'LUKS\xba\xbe\0\x02'], [24, 'secrets'], [168, uuid]));
  t.match(luks, { type: 'luks2', uuid, label: 'secrets' });
  t.same(kindsOf(luks), ['luks-key-cloned']);
  t.match(await recogniseBytes(bytes(mebibyte, [0, 'LUKS\xba\xbe\0\x01'], [8, 'aes'], [168, uuid])), {
    type: 'luks1',
    uuid,
  });
  const lvm = bytes(
    mebibyte,
    [512, 'LABELONE'],
    [532, number(32)],
    [536, 'LVM2 001'],
    [544, 'abcdefghijklmnopqrstuvwxyz012345'],
  );
  t.match(await recogniseBytes(lvm), { type: 'lvm2', uuid: 'abcdef-ghij-klmn-opqr-stuv-wxyz-012345' });
  const md = Buffer.concat([number(0xa92b4efc), number(1)]);
  for (const offset of [0, 4096, mebibyte - 8192]) {
    t.match(await recogniseBytes(bytes(mebibyte, [offset, md], [offset + 16, id])), {
      type: 'md-raid',
      uuid,
    });
  }
  t.match(await recogniseBytes(bytes(mebibyte, [65_600, '_BHRfS_M'], [65_568, id], [65_672, number(1)])), {
    type: 'btrfs',
    uuid,
  });
  t.match(await recogniseBytes(bytes(mebibyte, [1024, number(0xf2f52010)], [1040, number(12)], [1132, id])), {
    type: 'f2fs',
    uuid,
  });
  t.match(await recogniseBytes(bytes(mebibyte, [1024, number(0xe0f5e1e2)], [1036, '\x0c'], [1072, id])), {
    type: 'erofs',
    uuid,
    blockBytes: 4096,
  });
  t.match(await recogniseBytes(bytes(mebibyte, [3, 'NTFS    '], [11, '\0\x02'], [72, number(0xabc)])), {
    type: 'ntfs',
    uuid: '0000000000000ABC',
  });
  t.match(await recogniseBytes(bytes(mebibyte, [3, 'EXFAT   '], [100, number(0x1234abcd)], [108, '\x09'])), {
    type: 'exfat',
    uuid: '1234-ABCD',
  });
});

t.test('superblocks with random damage always give an answer', async (t) => {
  const places: Record<string, [number, number]> = {
    ext4: [1024, 2048],
    fat12: [0, 512],
    fat32: [0, 1024],
    squashfs: [0, 96],
    swap: [1024, 4096],
    xfs: [0, 512],
    iso9660: [32_768, 34_816],
  };
  for (const [name, [start, end]] of Object.entries(places)) {
    const image = (await readFile(at(name))).subarray(0, 2 * mebibyte);
    for (let seed = 0; seed < 20; seed += 1) {
      const { findings, label = '', facts } = await recogniseBytes(corrupted(image, seed, { start, end }));
      for (const { evidence } of findings) t.ok(evidence.length <= longestEvidence, `${name} ${seed}`);
      const texts = [label, ...facts.values(), ...findings.map(({ evidence }) => evidence)];
      t.notMatch(texts.join(''), /\p{Cc}/u, `${name} ${seed}: printable`);
    }
  }
});
