import { join } from 'node:path';
import t from 'tap';
import { allocateAligned } from './aligned-memory.ts';
import { cloneDisk } from './clone-disk.ts';
import { DeviceTarget } from './device-target.ts';
import {
  bytesAt,
  dirtyFile,
  makeSmallMaster,
  mebibyte,
  overwriteSync,
  sha256,
} from './fixtures/small-master.ts';
import { MasterDisk } from './master-disk.ts';
import { TargetGroup } from './target-group.ts';

const masterBytes = 9 * mebibyte;

t.test('what was on a target is gone, without any device: the engine on a dirty file', async (t) => {
  const folder = t.testdir({});
  const masterPath = await makeSmallMaster(join(folder, 'master.raw'), { sizeBytes: masterBytes + 512 + 77 });
  const path = await dirtyFile(join(folder, 'dirty.raw'), masterBytes + 512 + 77);
  await using master = await MasterDisk.open(masterPath);
  const target = await DeviceTarget.open(path);
  const group = new TargetGroup([target]);
  const options = { verify: true, digest: false, onProgress: () => {} };
  const { firstBlock } = await cloneDisk(master, group, options);
  t.same([...group.failures.values()], []);
  t.ok((await bytesAt(path, 0, 2 * mebibyte)).equals(Buffer.alloc(2 * mebibyte)), 'no boot record yet');
  await target.commit(firstBlock, true);
  t.equal(await target.abandon(), undefined);
  await target.close();
  t.equal(await sha256(path), await sha256(masterPath));
});

t.test('a boot record that is written last, and wrong, is taken away again', async (t) => {
  const folder = t.testdir({});
  const path = await dirtyFile(join(folder, 'dirty.raw'), 4 * mebibyte);
  const target = await DeviceTarget.open(path);
  await target.begin({ sizeBytes: 4 * mebibyte });
  const firstBlock = allocateAligned(2 * mebibyte).fill(0x33);
  const read = target.read.bind(target);
  target.read = async (buffer, positionBytes) => {
    const bytesRead = await read(buffer, positionBytes);
    buffer[510]! ^= 1;
    return bytesRead;
  };
  await t.rejects(target.commit(firstBlock, true), {
    code: 'CORE_CLONE_DIFFERS',
    message: /byte 510 \(sector 0\)/,
  });
  t.match(await target.abandon(), /is no clone: its first 2 MiB are zeros/);
  await target.close();
  t.ok((await bytesAt(path, 0, 2 * mebibyte)).equals(Buffer.alloc(2 * mebibyte)));
});

t.test('a first block that the master gives otherwise the second time is not written', async (t) => {
  const folder = t.testdir({});
  const masterPath = await makeSmallMaster(join(folder, 'master.raw'));
  const target = await DeviceTarget.open(await dirtyFile(join(folder, 'dirty.raw'), masterBytes));
  await using master = await MasterDisk.open(masterPath);
  const onProgress = ({ phase, doneBytes }: { phase: string; doneBytes: number }) => {
    if (phase === 'verify' && doneBytes === 0) overwriteSync(masterPath, 100);
  };
  const cloning = cloneDisk(master, new TargetGroup([target]), { verify: true, digest: false, onProgress });
  await t.rejects(cloning, { code: 'CORE_CLONE_MASTER_CHANGED', message: /its first 2097152 bytes/ });
  await target.close();
});
