import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { parseConfig } from '../../../foundation/index.ts';
import {
  bytesAt,
  type FileDisk,
  type FileMachine,
  makeFileMachine,
  mebibyte,
  sfdisk,
} from './fixtures/file-disks.ts';
import { makePartitionDisk } from './partition-disk.ts';

const blank: FileDisk = { name: 'vda', sizeBytes: 64 * mebibyte };

/** Runs the step as a script that has these words under `with`. */
async function run({ machine, context }: FileMachine, written: object) {
  const kind = makePartitionDisk(machine);
  return await kind.run(parseConfig(kind.options, written, 'the step'), context);
}

const hashOf = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

/** The step is refused, and not a byte of the disk is another one. */
async function refused(
  t: Test,
  fake: FileMachine,
  written: object,
  error: { code: string; message?: RegExp } | { message: RegExp },
  what: string,
) {
  const before = hashOf(fake.device('vda'));
  await t.rejects(run(fake, written), error, what);
  t.equal(hashOf(fake.device('vda')), before, `${what}: nothing was written`);
  t.same(fake.context.programs, [], `${what}: no program was run`);
}

t.test('a disk by a text file: sizes, the rest, file systems, labels, the active one', async (t) => {
  const fake = makeFileMachine(t, [blank]);
  const plan = `
partitions:
  - { size: 16MiB, fileSystem: fat, label: BOOT, active: true }
  - { size: rest, fileSystem: ext4, label: root }
  - { size: 8MiB, fileSystem: none, type: '0xda' }
`;
  writeFileSync(join(fake.folder, 'script/disk.yaml'), plan);
  const facts = await run(fake, { disk: 'only', plan: 'disk.yaml' });
  t.same(facts, { disk: 'vda', sizeBytes: 64 * mebibyte, partitions: 3 });
  const { label, id, partitions } = sfdisk(fake.device('vda'));
  t.equal(label, 'dos');
  t.not(id, '0x00000000');
  const seen = partitions.map(({ start, size, type, bootable = false }) => [start, size, type, bootable]);
  t.same(seen, [
    [2048, 16 * 2048, 'e', true],
    [17 * 2048, 39 * 2048, '83', false],
    [56 * 2048, 8 * 2048, 'da', false],
  ]);
  t.match(blkid(fake.device('vda1')), { TYPE: 'vfat', LABEL: 'BOOT' });
  t.match(blkid(fake.device('vda2')), { TYPE: 'ext4', LABEL: 'root' });
  t.same(blkid(fake.device('vda3')), {});
  const programs = fake.context.programs.map((line) => line.split(' ')[0]);
  t.same(programs, ['blockdev', '/usr/sbin/mkfs.fat', '/usr/sbin/mke2fs']);
});

t.test('more than four partitions: logical drives, as sfdisk reads them', async (t) => {
  const fake = makeFileMachine(t, [blank]);
  const sizes = ['4MiB', '5MiB', '6MiB', '7MiB', 'rest', '8MiB'];
  const partitions = sizes.map((size) => ({
    size,
    fileSystem: 'none',
    type: size === 'rest' ? '0x07' : '0x83',
  }));
  await run(fake, { disk: 'only', partitions });
  const seen = sfdisk(fake.device('vda')).partitions.map(({ node, size, type }) => {
    return [Number(/\d+$/.exec(node)![0]), size / 2048, type];
  });
  t.same(
    seen.sort((a, b) => Number(a[0]) - Number(b[0])),
    [
      [1, 4, '83'],
      [2, 5, '83'],
      [3, 6, '83'],
      [4, 48, 'f'],
      [5, 7, '83'],
      [6, 30, '7'],
      [7, 8, '83'],
    ],
  );
  const verified = execFileSync('/usr/sbin/sfdisk', ['--verify', fake.device('vda')], { encoding: 'utf8' });
  t.match(verified, /No errors detected/);
});

t.test('what does not fit is refused before anything is written', async (t) => {
  const fake = makeFileMachine(t, [blank]);
  const tooLarge = [
    { size: '40MiB', fileSystem: 'ext4' },
    { size: '24MiB', fileSystem: 'none' },
  ];
  const small = { code: 'SCRIPT_SPACE_TOO_SMALL', message: /65 MiB.*64 MiB/s };
  await refused(t, fake, { disk: 'only', partitions: tooLarge }, small, 'too large');
  const noRest = [
    { size: '63MiB', fileSystem: 'none' },
    { size: 'rest', fileSystem: 'none' },
  ];
  await refused(t, fake, { disk: 'only', partitions: noRest }, { code: 'SCRIPT_SPACE_TOO_SMALL' }, 'no rest');
  const exact = [{ size: '63MiB', fileSystem: 'none' }];
  t.match(await run(fake, { disk: 'only', partitions: exact }), { partitions: 1 });
});

t.test('a plan that makes no sense is refused, with its lines', async (t) => {
  const fake = makeFileMachine(t, [blank]);
  for (const [text, message] of [
    [
      'partitions:\n  - { size: rest, fileSystem: ext4 }\n  - { size: rest, fileSystem: fat }',
      /line 3.*takes the rest already/,
    ],
    ['partitions:\n  - { size: 1000B, fileSystem: ext4 }', /line 2.*whole mebibytes/],
    ['partitions:\n  - { size: 1MiB, fileSystem: fat, label: boot }', /line 2.*capitals/],
    ['partitions:\n  - { size: 1MiB, fileSystem: none, label: x }', /no file system that could have a label/],
    ['partitions:\n  - { size: 1MiB, fileSystem: ntfs }', /line 2/],
    ['partitions:\n  - { size: 1MiB, filesystem: fat }', /did you mean "fileSystem"/],
    [
      'partitions:\n  - { size: 1MiB, fileSystem: none, type: "0x0f" }',
      /not for a partition that holds data/,
    ],
    ['partitions: []', /line 1/],
    ['partitions:\n  - [', /line 2/],
    [
      `partitions:\n${'  - { size: 1MiB, fileSystem: none }\n'.repeat(4)}  - { size: 1MiB, fileSystem: none, active: true }`,
      /line 6.*logical drive/,
    ],
  ] as const) {
    writeFileSync(join(fake.folder, 'script/disk.yaml'), text);
    const error = { code: 'SCRIPT_PLAN_INVALID', message };
    await refused(t, fake, { disk: 'only', plan: 'disk.yaml' }, error, String(message));
  }
  await refused(t, fake, { disk: 'only', plan: 'gone.yaml' }, { code: 'SCRIPT_PLAN_INVALID' }, 'no file');
  await refused(t, fake, { disk: 'only' }, { message: /either plan or partitions/ }, 'neither');
});

const one = [{ size: 'rest', fileSystem: 'none' }];

t.test('a disk that is in use is refused, also with overwrite', async (t) => {
  const parted: FileDisk = { ...blank, partitions: [[2048, 2048]] };
  const options = { disk: 'serial:A', partitions: one, overwrite: true };
  const disk = { ...parted, serial: 'A' };
  for (const [what, mounts, swaps] of [
    ['mounted', '/dev/vda1 /mnt ext4 rw 0 0\n', ''],
    ['mounted as a whole', '/dev/vda /mnt vfat rw 0 0\n', ''],
    ['swap', '', '/dev/vda1 partition 1 0 -2\n'],
  ] as const) {
    const fake = makeFileMachine(t, [disk], { mounts, swaps });
    await refused(t, fake, options, { code: 'SCRIPT_TARGET_IN_USE', message: /vda1? is/ }, what);
  }
  const held = makeFileMachine(t, [{ ...disk, files: { 'vda1/holders/md0': '' } }]);
  await refused(
    t,
    held,
    options,
    { code: 'SCRIPT_TARGET_IN_USE', message: /vda1 is part of md0/ },
    'an array',
  );
  const medium = makeFileMachine(t, [disk]);
  const mounts = `/dev/vda1 ${medium.context.mediumFolder} iso9660 ro 0 0\n`;
  writeFileSync(join(medium.folder, 'proc/mounts'), mounts);
  await refused(t, medium, options, { code: 'SCRIPT_TARGET_IN_USE', message: /medium/ }, 'the medium');
});

t.test('a disk that cannot be written as it is', async (t) => {
  const all: Record<string, string>[] = [{ ro: '1' }, { 'queue/logical_block_size': '4096' }];
  for (const files of all) {
    const fake = makeFileMachine(t, [{ ...blank, files }]);
    const error = { code: 'SCRIPT_TARGET_UNUSABLE' };
    await refused(t, fake, { disk: 'only', partitions: one }, error, JSON.stringify(files));
  }
});

t.test('a disk that holds something needs overwrite, and then nothing old is taken for new', async (t) => {
  const fake = makeFileMachine(t, [blank]);
  const disk = fake.device('vda');
  writeFileSync(disk, Buffer.alloc(64 * mebibyte, 0xa5));
  const partitions = [
    { size: '8MiB', fileSystem: 'none' },
    { size: 'rest', fileSystem: 'none' },
  ];
  const error = { code: 'SCRIPT_TARGET_NOT_BLANK', message: /data of an unknown kind/ };
  await refused(t, fake, { disk: 'only', partitions }, error, 'data');
  await run(fake, { disk: 'only', partitions, overwrite: true });
  const isZero = (positionBytes: number, lengthBytes: number) =>
    bytesAt(disk, positionBytes, lengthBytes).every((byte) => byte === 0);
  t.ok(isZero(512, mebibyte - 512), 'the first MiB of the disk, behind the table');
  t.ok(isZero(mebibyte, mebibyte) && isZero(8 * mebibyte, mebibyte), 'both ends of the first partition');
  t.ok(isZero(9 * mebibyte, mebibyte) && isZero(63 * mebibyte, mebibyte), 'both ends of the second');
  t.notOk(isZero(30 * mebibyte, mebibyte), 'the middle is not touched');
  const table = { code: 'SCRIPT_TARGET_NOT_BLANK', message: /partition table/ };
  await t.rejects(run(fake, { disk: 'only', partitions }), table, 'a table counts as something');
});

t.test('a disk whose size is no whole MiB', async (t) => {
  const fake = makeFileMachine(t, [{ ...blank, sizeBytes: 20 * mebibyte + 1536 }]);
  writeFileSync(fake.device('vda'), Buffer.alloc(20 * mebibyte + 1536, 1));
  await run(fake, { disk: 'only', partitions: one, overwrite: true });
  t.equal(sfdisk(fake.device('vda')).partitions[0]!.size, 19 * 2048);
  t.ok(
    bytesAt(fake.device('vda'), 20 * mebibyte, 2000).every((byte) => byte === 0),
    'to its very end',
  );
});

t.test('a disk that does not keep its table is found out', async (t) => {
  const fake = makeFileMachine(t, [blank]);
  const { open } = fake.machine;
  fake.machine.open = async (path, use) => {
    const access = await open(path, use);
    const read = access.read.bind(access);
    access.read = async (buffer, positionBytes) => {
      const bytesRead = await read(buffer, positionBytes);
      if (positionBytes === 0) buffer[450]! = 0;
      return bytesRead;
    };
    return access;
  };
  await t.rejects(run(fake, { disk: 'only', partitions: one }), {
    code: 'SCRIPT_DISK_DIFFERS',
    message: /sector 0/,
  });
});

function blkid(path: string): Record<string, string> {
  try {
    const text = execFileSync('/usr/sbin/blkid', ['-p', '-o', 'export', path], { encoding: 'utf8' });
    return Object.fromEntries(
      text
        .trim()
        .split('\n')
        .map((line) => line.split('=')),
    );
  } catch {
    return {};
  }
}
