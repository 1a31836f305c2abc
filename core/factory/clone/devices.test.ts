import { closeSync, openSync, writeSync } from 'node:fs';
import { constants, copyFile, open, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import t from 'tap';
import { runTool } from '../../../foundation/index.ts';
import { allocateAligned } from './aligned-memory.ts';
import { cloneMaster } from './clone-master.ts';
import { attachLoop, mountAt, whyNoLoopDevices } from './fixtures/loop-devices.ts';
import {
  bytesAt,
  dirt,
  dirtyFile,
  makeSmallMaster,
  mebibyte,
  overwriteSync,
  sha256,
} from './fixtures/small-master.ts';

const masterBytes = 9 * mebibyte;

/** The first partition, also where the kernel reads no tables itself and no udev makes nodes in /dev. */
async function partitionNode(devicePath: string, path: string): Promise<string> {
  await runTool('partx', ['--update', devicePath]);
  const number = await readFile(`/sys/class/block/${basename(devicePath)}p1/dev`, 'utf8');
  await runTool('mknod', [path, 'b', ...number.trim().split(':')]);
  return path;
}

const skip = (await whyNoLoopDevices()) ?? false;

t.test('a dirty device becomes the master, every sector; what lies behind stays', { skip }, async (t) => {
  const folder = t.testdir({});
  const masterPath = await makeSmallMaster(join(folder, 'master.raw'));
  const behind = 3 * mebibyte;
  await using one = await attachLoop(await dirtyFile(join(folder, 'one.raw'), masterBytes + behind));
  await using two = await attachLoop(await dirtyFile(join(folder, 'two.raw'), masterBytes));
  const notices: string[] = [];
  const { clones } = await cloneMaster({
    masterPath,
    targets: [one.path, two.path],
    digest: true,
    onNotice: (sentence) => notices.push(sentence),
  });
  const digest = await sha256(masterPath);
  t.match(clones, [
    {
      path: one.path,
      method: 'copy',
      readBack: 'direct',
      verified: true,
      sha256: digest,
      surplusBytes: behind,
    },
    { path: two.path, method: 'copy', readBack: 'direct', verified: true, sha256: digest, surplusBytes: 0 },
  ]);
  t.same(notices, [`${one.path} is larger than the master; its last 3 MiB stay as they are`]);
  const master = await bytesAt(masterPath, 0, masterBytes);
  for (const path of [one.path, two.path, join(folder, 'one.raw'), join(folder, 'two.raw')]) {
    t.ok((await bytesAt(path, 0, masterBytes)).equals(master), path);
  }
  t.ok((await bytesAt(one.path, 64 * 512, 16 * 512)).equals(Buffer.alloc(16 * 512)), 'the null signature');
  t.ok((await bytesAt(join(folder, 'one.raw'), masterBytes, behind)).equals(Buffer.alloc(behind, dirt)));
});

t.test('a device is a master, too', { skip }, async (t) => {
  const folder = t.testdir({});
  const masterPath = await makeSmallMaster(join(folder, 'master.raw'));
  await copyFile(masterPath, join(folder, 'disk.raw'));
  await using device = await attachLoop(join(folder, 'disk.raw'));
  const { clones } = await cloneMaster({ masterPath: device.path, outFolder: join(folder, 'out') });
  t.match(clones, [{ path: /loop\d+-0001\.raw$/, method: 'copy' }]);
  t.equal(await sha256(clones[0]!.path), await sha256(masterPath));
});

t.test('devices that are not written', { skip }, async (t) => {
  const folder = t.testdir({ mnt: {} });
  const masterPath = await makeSmallMaster(join(folder, 'master.raw'));
  const refused = async (path: string, code: string, message: RegExp) => {
    const before = await bytesAt(path, 0, masterBytes);
    await t.rejects(cloneMaster({ masterPath, targets: [path], force: true, overwrite: true }), {
      code,
      message,
    });
    t.ok((await bytesAt(path, 0, masterBytes)).equals(before), `${path} is untouched`);
  };

  await using small = await attachLoop(await dirtyFile(join(folder, 'small.raw'), masterBytes - 512));
  await refused(small.path, 'CORE_CLONE_TARGET_TOO_SMALL', /9436672 bytes/);

  await using held = await attachLoop(await dirtyFile(join(folder, 'held.raw'), masterBytes));
  const holder = await open(held.path, constants.O_RDWR | constants.O_EXCL);
  await refused(held.path, 'CORE_CLONE_TARGET_IN_USE', /EBUSY/);
  await t.rejects(cloneMaster({ masterPath: held.path, force: true, targets: [join(folder, 'x.raw')] }), {
    code: 'CORE_CLONE_MASTER_UNUSABLE',
    message: /EBUSY/,
  });
  await holder.close();

  await using own = await attachLoop(masterPath);
  await refused(own.path, 'CORE_CLONE_TARGETS_INVALID', /master itself/);
  const itself = cloneMaster({ masterPath: own.path, targets: [masterPath], overwrite: true });
  await t.rejects(itself, { code: 'CORE_CLONE_TARGETS_INVALID', message: /master itself/ });

  const diskPath = join(folder, 'mounted.raw');
  await writeFile(diskPath, '');
  await truncate(diskPath, 64 * mebibyte);
  await runTool('sfdisk', ['--quiet', diskPath], { input: '2048,,83\n' });
  await using disk = await attachLoop(diskPath);
  const partition = await partitionNode(disk.path, join(folder, 'partition'));
  await refused(partition, 'CORE_CLONE_TARGET_IN_USE', /is a partition/);
  await runTool('mke2fs', ['-q', '-t', 'ext4', partition]);
  {
    await using mounted = await mountAt(join(folder, 'mnt'), [partition]);
    await refused(
      disk.path,
      'CORE_CLONE_TARGET_IN_USE',
      new RegExp(`is mounted: loop\\d+p1 on .*${mounted.path}`),
    );
    await t.rejects(cloneMaster({ masterPath: disk.path, force: true, targets: [join(folder, 'x.raw')] }), {
      code: 'CORE_CLONE_MASTER_UNUSABLE',
      message: /is mounted/,
    });
  }
  await runTool('mkswap', ['--quiet', partition]);
  const isSwap = await runTool('swapon', [partition]).then(
    () => true,
    () => false,
  );
  if (isSwap) {
    await refused(disk.path, 'CORE_CLONE_TARGET_IN_USE', /swap on loop/).finally(() =>
      runTool('swapoff', [partition]),
    );
  } else t.comment('this host takes no swap');
  await t.resolves(
    cloneMaster({ masterPath, targets: [disk.path] }),
    'and then, in use no longer, it is written',
  );
});

t.test('a device that is not finished starts nothing', { skip }, async (t) => {
  const folder = t.testdir({});
  const masterPath = await makeSmallMaster(join(folder, 'master.raw'), { dense: true });
  const backing = await dirtyFile(join(folder, 'one.raw'), masterBytes);
  await using device = await attachLoop(backing);
  const notices: string[] = [];
  const onNotice = (sentence: string) => notices.push(sentence);
  const targets = [device.path];
  const isWiped = async () =>
    (await bytesAt(device.path, 0, 2 * mebibyte)).equals(Buffer.alloc(2 * mebibyte));

  const aborter = new AbortController();
  const onProgress = () => aborter.abort(new Error('enough'));
  await t.rejects(cloneMaster({ masterPath, targets, onNotice, onProgress, signal: aborter.signal }), {
    message: 'enough',
  });
  t.ok(await isWiped());
  t.match(notices, [/is no clone: its first 2 MiB are zeros/]);

  let isSpoilt = false;
  const spoil = ({ phase }: { phase: string }) => {
    if (isSpoilt || phase !== 'verify') return;
    isSpoilt = true;
    overwriteSync(backing, 5 * mebibyte);
  };
  await t.rejects(cloneMaster({ masterPath, targets, onNotice, onProgress: spoil }), {
    code: 'CORE_CLONE_DIFFERS',
    message: new RegExp(`${device.path}, byte ${5 * mebibyte} `),
  });
  t.ok(await isWiped());
  t.equal(notices.length, 2);

  await cloneMaster({ masterPath, targets });
  t.ok((await bytesAt(device.path, 0, masterBytes)).equals(await bytesAt(masterPath, 0, masterBytes)));
});

t.test('memory is aligned as a device wants it', { skip }, async (t) => {
  const folder = t.testdir({});
  await using device = await attachLoop(await dirtyFile(join(folder, 'one.raw'), mebibyte));
  await using file = await open(device.path, constants.O_RDONLY | constants.O_DIRECT);
  for (const sizeBytes of [4096, 65536, 2 * mebibyte]) {
    const { bytesRead } = await file.read(allocateAligned(sizeBytes), 0, sizeBytes, 0);
    t.equal(bytesRead, Math.min(sizeBytes, mebibyte));
  }
});

const needsRoot = process.getuid!() !== 0 && 'needs root to mount';

t.test('a full file system', { skip: needsRoot }, async (t) => {
  const folder = t.testdir({ small: {} });
  const masterPath = await makeSmallMaster(join(folder, 'master.raw'), { dense: true });
  await using small = await mountAt(join(folder, 'small'), ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs']);
  const outFolder = join(small.path, 'out');

  await t.rejects(cloneMaster({ masterPath, count: 3, outFolder }), {
    code: 'FOUNDATION_DISK_FULL',
    message: /make room for the clones[\s\S]*expected: 27 MiB[\s\S]*24 MiB free/,
  });
  t.same(await readdir(small.path), [], 'found out before the first byte');

  let isFilled = false;
  const fillUp = () => {
    if (isFilled) return;
    isFilled = true;
    const file = openSync(join(small.path, 'somebody-else'), 'w');
    writeSync(file, Buffer.alloc(10 * mebibyte));
    closeSync(file);
  };
  const cloning = cloneMaster({ masterPath, count: 2, outFolder, onProgress: fillUp });
  await t.rejects(cloning, { code: 'CORE_CLONE_INCOMPLETE', message: /FOUNDATION_DISK_FULL: ENOSPC/ });
  const left = (await readdir(outFolder)).filter((name) => name !== 'clones.json');
  for (const name of left) t.equal(await sha256(join(outFolder, name)), await sha256(masterPath), name);
  t.ok(left.length < 2, 'not both fit');

  const last = cloneMaster({ masterPath, targets: [join(folder, 'one.raw')] });
  t.match((await last).clones, [{ readBack: /direct|cache-dropped/, durable: true }]);
});

// ramfs knows no O_DIRECT: everything goes through the page cache.
for (const type of ['tmpfs', 'ramfs']) {
  t.test(`in ${type} nothing is called durable`, { skip: needsRoot }, async (t) => {
    const folder = t.testdir({ small: {} });
    const sizeBytes = masterBytes + 512 + 77;
    const masterPath = await makeSmallMaster(join(folder, 'master.raw'), { sizeBytes });
    await using small = await mountAt(join(folder, 'small'), ['-t', type, '-o', 'size=24m', type]);
    const { clones } = await cloneMaster({ masterPath, outFolder: small.path });
    t.match(clones, [{ verified: true, readBack: 'memory', durable: false }]);
    t.equal(await sha256(clones[0]!.path), await sha256(masterPath));
    const again = await cloneMaster({ masterPath: clones[0]!.path, targets: [join(folder, 'back.raw')] });
    t.equal(await sha256(again.clones[0]!.path), await sha256(masterPath), 'and back');
  });
}

const mayReflink = skip === false && (await runTool('mkfs.xfs', ['-V']).catch(() => undefined)) !== undefined;

t.test(
  'where blocks can be shared they are, and verified',
  { skip: !mayReflink && 'needs root, loop devices and mkfs.xfs' },
  async (t) => {
    const folder = t.testdir({ mnt: {} });
    const imagePath = join(folder, 'xfs.raw');
    await writeFile(imagePath, '');
    await truncate(imagePath, 400 * mebibyte);
    await runTool('mkfs.xfs', ['-q', imagePath]);
    await using device = await attachLoop(imagePath);
    await using mounted = await mountAt(join(folder, 'mnt'), [device.path]);
    const masterPath = await makeSmallMaster(join(mounted.path, 'master.raw'), {
      dense: true,
      sizeBytes: 90 * mebibyte + 512,
    });
    const { clones } = await cloneMaster({
      masterPath,
      count: 4,
      outFolder: join(mounted.path, 'out'),
      digest: true,
    });
    const digest = await sha256(masterPath);
    for (const clone of clones) {
      t.match(clone, { method: 'reflink', verified: true, readBack: 'direct', sha256: digest });
      t.equal(await sha256(clone.path), digest);
    }
  },
);
