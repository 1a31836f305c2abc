import { link, open, readdir, readFile, rm, stat, symlink, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { type CloneOptions, cloneMaster } from './clone-master.ts';
import { makeSmallMaster, mebibyte, sha256, sign } from './fixtures/small-master.ts';

t.test('what is no finished master is refused, and cloned by force', async (t) => {
  const folder = t.testdir({});
  const masterPath = join(folder, 'disk.raw');
  const put = async (position: number, bytes: Uint8Array) => {
    await using file = await open(masterPath, 'r+');
    await file.write(bytes, 0, bytes.length, position);
  };
  const cases: [name: string, make: () => Promise<unknown>, says: RegExp][] = [
    ['template', () => makeSmallMaster(masterPath, { stage: 'template' }), /says "template"/],
    ['initialised', () => makeSmallMaster(masterPath, { stage: 'initialised' }), /says "initialised"/],
    ['no record', () => makeSmallMaster(masterPath, { role: 'data' }), /no manufacturing record/],
    ['signed', () => sign(masterPath), /signature in sector 64, 72/],
    [
      'damaged record',
      () => Promise.all([put(192 * 512 + 30, Buffer.from('x')), put(200 * 512 + 30, Buffer.from('x'))]),
      /record is damaged/,
    ],
    ['no boot record', () => put(510, Buffer.alloc(2)), /no master boot record/],
    ['no partition', () => put(446, Buffer.alloc(64)), /table is empty/],
    [
      'cut short',
      () => truncate(masterPath, 4 * mebibyte),
      /partition 1 ends at sector 18432, the disk at 8192/,
    ],
  ];
  for (const [name, spoil, says] of cases) {
    await makeSmallMaster(masterPath);
    await spoil();
    const path = join(folder, 'clone.raw');
    const options: CloneOptions = { masterPath, targets: [path], overwrite: true };
    await t.rejects(cloneMaster(options), { code: 'CORE_CLONE_NOT_A_MASTER', message: says }, name);
    await t.rejects(stat(path), 'nothing was written');
    const notices: string[] = [];
    await cloneMaster({ ...options, force: true, onNotice: (sentence) => notices.push(sentence) });
    t.match(notices.join(), says);
    t.equal(await sha256(path), await sha256(masterPath), `${name}, by force`);
    await rm(path);
  }
});

t.test('masters that cannot be read from', async (t) => {
  const folder = t.testdir({ empty: '', folder: {}, broken: { 'template.json': '{"disks": [{}]}' } });
  const cases = [
    ['nowhere', 'CORE_CLONE_MASTER_UNUSABLE', /ENOENT/],
    ['empty', 'CORE_CLONE_MASTER_UNUSABLE', /empty/],
    ['folder', 'CORE_CLONE_MASTER_UNUSABLE', /neither template.json nor system.raw/],
    ['broken', 'FOUNDATION_CONFIG_INVALID', /disks.0/],
    ['/dev/null', 'CORE_CLONE_MASTER_UNUSABLE', /neither a file/],
  ] as const;
  for (const [name, code, message] of cases) {
    const masterPath = name.startsWith('/') ? name : join(folder, name);
    await t.rejects(cloneMaster({ masterPath, outFolder: join(folder, 'out') }), { code, message }, name);
  }
  t.notOk((await readdir(folder)).includes('out'), 'no folder was made');
});

t.test('targets that are refused, before anything is written', async (t) => {
  const folder = t.testdir({ 'taken.raw': 'mine', folder: {}, 'half.raw.partial': '' });
  const masterPath = await makeSmallMaster(join(folder, 'master.raw'));
  await symlink('master.raw', join(folder, 'alias.raw'));
  await link(masterPath, join(folder, 'twin.raw'));
  const at = (name: string) => join(folder, name);
  const good = at('good.raw');
  const cases: [string, Partial<CloneOptions>, code: string, says: RegExp][] = [
    ['nothing', {}, 'TARGETS_INVALID', /neither targets nor a folder/],
    ['no folder', { count: 2 }, 'TARGETS_INVALID', /without a folder/],
    ['too many', { count: 10_000, outFolder: at('out') }, 'TARGETS_INVALID', /1 to 9999/],
    ['twice', { targets: [good, good] }, 'TARGETS_INVALID', /named twice/],
    ['itself', { targets: [good, masterPath], overwrite: true }, 'TARGETS_INVALID', /master itself/],
    ['by a link', { targets: [good, at('alias.raw')], overwrite: true }, 'TARGETS_INVALID', /master itself/],
    ['hard link', { targets: [good, at('twin.raw')], overwrite: true }, 'TARGETS_INVALID', /master itself/],
    ['a folder', { targets: [good, at('folder')] }, 'TARGETS_INVALID', /neither a file nor a block/],
    ['no parent', { targets: [good, at('no/such.raw')] }, 'TARGETS_INVALID', /ENOENT/],
    ['no device', { targets: [good, '/dev/assay-none'] }, 'TARGETS_INVALID', /no such device/],
    ['no disk', { targets: [good, '/dev/disk/by-id/none'] }, 'TARGETS_INVALID', /no such device/],
    ['not a disk', { targets: [good, '/dev/null'] }, 'TARGETS_INVALID', /neither a file nor a block/],
    ['there', { targets: [good, at('taken.raw')] }, 'TARGET_EXISTS', /a file is there/],
    ['half there', { targets: [good, at('half.raw')] }, 'TARGET_EXISTS', /not finished/],
  ];
  for (const [name, options, code, message] of cases) {
    await t.rejects(cloneMaster({ masterPath, ...options }), { code: `CORE_CLONE_${code}`, message }, name);
    const left = (await readdir(folder)).filter((entry) => /good|out/.test(entry));
    t.same(left, [], `${name}: nothing was written`);
  }
  t.equal(await readFile(at('taken.raw'), 'utf8'), 'mine');
});
