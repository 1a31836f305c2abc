import { copyFile, mkdir, readdir, rename, truncate, utimes } from 'node:fs/promises';
import { basename, join } from 'node:path';
import t from 'tap';
import { attachLoop, whyNoLoopDevices } from '../../../core/factory/clone/fixtures/loop-devices.ts';
import {
  dirt,
  dirtyFile,
  flipBit,
  makeSmallMaster,
  mebibyte,
  overwriteSync,
  sha256,
} from '../../../core/factory/clone/fixtures/small-master.ts';
import { type CloneOptions, cloneMaster } from '../../../core/factory/index.ts';
import { certify, makeKeys } from './fixtures/certified-disk.ts';
import { certificateGuard, readCertificate, readVerifyingKey } from './index.ts';

const code = 'CERTIFICATE_DISK_DIFFERS';
const someByte = 5 * mebibyte - 100;

/** A master with its certificate, and the guard of that. */
async function certifiedMaster(folder: string) {
  const masterPath = await makeSmallMaster(join(folder, 'master.raw'), { dense: true });
  const keys = await makeKeys(folder, 'key');
  const where = await certify(masterPath, keys);
  const statement = await readCertificate(where, await readVerifyingKey(keys.publicPath));
  const notices: string[] = [];
  const guard = certificateGuard(statement, { where, onNotice: (notice) => notices.push(notice) });
  return { masterPath, guard, notices, statement, where };
}

t.test('the certified master is cloned, whatever it is called and wherever its holes are', async (t) => {
  const folder = t.testdir();
  const { masterPath, guard, notices } = await certifiedMaster(folder);
  const other = join(folder, 'other-name.img');
  await copyFile(masterPath, other);
  for (const verify of [true, false]) {
    const outFolder = join(folder, `out-${verify}`);
    const { clones } = await cloneMaster({ masterPath: other, count: 3, outFolder, verify, guard });
    t.equal(clones.length, 3);
    for (const { path } of clones) t.equal(await sha256(path), await sha256(masterPath));
  }
  t.match(notices, [/other-name\.img is read first/, /read first/]);
});

t.test('a master of other bytes or of another size is refused, and nothing is written', async (t) => {
  const folder = t.testdir({ taken: {} });
  const { masterPath, guard } = await certifiedMaster(folder);
  const refused = async (what: string, facts: object, more: Partial<CloneOptions> = {}) => {
    const before = await readdir(folder, { recursive: true });
    const cloning = cloneMaster({ masterPath, outFolder: join(folder, 'out'), guard, ...more });
    await t.rejects(cloning, { code, facts: { where: masterPath, ...facts } }, what);
    t.same(await readdir(folder, { recursive: true }), before, what);
  };
  const target = await dirtyFile(join(folder, 'taken/old.raw'), mebibyte);
  const old = await sha256(target);
  await flipBit(masterPath, someByte);
  await refused('one bit', { expected: /^assay-disk-1 /, got: /^assay-disk-1 / });
  await refused('by force', {}, { force: true });
  await refused('unverified', {}, { verify: false });
  await refused('over an old file', {}, { targets: [target], overwrite: true });
  t.equal(await sha256(target), old);
  await flipBit(masterPath, someByte);
  await truncate(masterPath, 9 * mebibyte + 512);
  await refused('a sector more', { expected: /^9437184 bytes/, got: /^9437696 bytes/ });
});

t.test('a master that changes after it was compared makes no clone, whatever its time says', async (t) => {
  for (const how of ['changed', 'changed back in time', 'replaced'] as const) {
    for (const verify of [true, false]) {
      const folder = t.testdir({});
      const { masterPath, guard } = await certifiedMaster(folder);
      const other = join(folder, 'other');
      await copyFile(masterPath, other);
      await flipBit(other, someByte);
      const long = new Date('2026-01-01');
      await utimes(masterPath, long, long);
      const cloning = cloneMaster({
        ...{ masterPath, outFolder: join(folder, 'out'), verify },
        guard: {
          ...guard,
          async check(masters) {
            await guard.check(masters);
            if (how === 'replaced') return await rename(other, masterPath);
            overwriteSync(masterPath, someByte);
            if (how === 'changed back in time') await utimes(masterPath, long, long);
          },
        },
      });
      const says =
        how === 'changed back in time' ? code : /CERTIFICATE_DISK_DIFFERS|CORE_CLONE_MASTER_CHANGED/;
      await t.rejects(cloning, { code: says }, `${how}, ${verify ? 'verified' : 'unverified'}`);
      t.notOk((await readdir(folder)).includes('out'), 'nothing is left');
    }
  }
});

t.test('a master of several disks wants each of them in the certificate', async (t) => {
  const folder = t.testdir();
  const { masterPath, guard, statement, where } = await certifiedMaster(folder);
  const pair = join(folder, 'pair');
  await mkdir(pair);
  await rename(masterPath, join(pair, 'system.raw'));
  const [outFolder, options] = [join(folder, 'out'), { masterPath: pair, count: 2 }];
  const { clones } = await cloneMaster({ ...options, outFolder, guard });
  t.same(
    clones.map(({ path }) => basename(path)),
    ['system.raw', 'system.raw'],
    'a folder with one disk',
  );
  const data = await makeSmallMaster(join(pair, 'data.raw'), { role: 'data', sizeBytes: 3 * mebibyte });
  await t.rejects(cloneMaster({ ...options, outFolder: `${outFolder}-2`, guard }), {
    code: 'CERTIFICATE_INSUFFICIENT',
    facts: { where, expected: /2: .*system\.raw, .*data\.raw/, got: '1: master.raw', remedy: /by itself/ },
  });
  const keys = await makeKeys(folder, 'other');
  const both = await readCertificate(await certify(data, keys), await readVerifyingKey(keys.publicPath));
  const subject = [...both.subject, ...statement.subject];
  const wide = certificateGuard({ ...statement, subject }, { where });
  const made = await cloneMaster({ ...options, outFolder: `${outFolder}-2`, guard: wide });
  t.equal(made.clones.length, 4);
  await flipBit(data, 2 * mebibyte + 7);
  await t.rejects(cloneMaster({ ...options, outFolder: `${outFolder}-3`, guard: wide }), { code });
});

const skip = (await whyNoLoopDevices()) ?? false;

t.test('devices: as master, and as target', { skip }, async (t) => {
  const folder = t.testdir();
  const { masterPath, guard } = await certifiedMaster(folder);
  await using master = await attachLoop(masterPath);
  await using target = await attachLoop(await dirtyFile(join(folder, 'target.raw'), 9 * mebibyte));
  const options = { masterPath: master.path, targets: [target.path] };
  await cloneMaster({ ...options, guard });
  t.equal(await sha256(target.path), await sha256(masterPath));
  await dirtyFile(join(folder, 'again.raw'), 9 * mebibyte);
  await using again = await attachLoop(join(folder, 'again.raw'));
  const changing = {
    ...guard,
    async check(masters: Parameters<typeof guard.check>[0]) {
      await guard.check(masters);
      overwriteSync(master.path, someByte);
    },
  };
  await t.rejects(cloneMaster({ ...options, targets: [again.path], guard: changing }), { code });
  const before = await dirtyFile(join(folder, 'untouched.raw'), 9 * mebibyte);
  await using untouched = await attachLoop(before);
  await t.rejects(cloneMaster({ ...options, targets: [untouched.path], guard }), { code });
  const bytes = Buffer.alloc(9 * mebibyte, dirt);
  await dirtyFile(join(folder, 'dirt.raw'), bytes.length);
  t.equal(await sha256(untouched.path), await sha256(join(folder, 'dirt.raw')), 'not a byte was written');
});
