import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { cloneMaster } from './clone-master.ts';
import { bytesAt, makeSmallMaster, mebibyte, overwriteSync, sha256 } from './fixtures/small-master.ts';

t.test('clones are exact, and said to be; the master stays as it was', async (t) => {
  const folder = t.testdir({});
  const masterPath = await makeSmallMaster(join(folder, 'master.raw'));
  const before = await stat(masterPath, { bigint: true });
  const digest = await sha256(masterPath);
  const outFolder = join(folder, 'out');
  const result = await cloneMaster({ masterPath, count: 3, outFolder, digest: true });
  const names = ['master-0001.raw', 'master-0002.raw', 'master-0003.raw'];
  t.same((await readdir(outFolder)).sort(), ['clones.json', ...names]);
  t.equal(result.clones.length, 3);
  for (const [index, clone] of result.clones.entries()) {
    t.equal(clone.path, join(outFolder, names[index]!));
    t.equal(await sha256(clone.path), digest);
    t.match(clone, { sha256: digest, verified: true, durable: true, method: /^(copy|reflink)$/ });
    t.match(clone.readBack, /^(direct|cache-dropped)$/);
  }
  t.match(JSON.parse(await readFile(result.manifestPath!, 'utf8')), {
    formatVersion: 1,
    masters: [{ path: masterPath, sha256: digest, sizeBytes: 9 * mebibyte }],
    clones: names.map((name) => ({ path: join(outFolder, name), sha256: digest, verified: true })),
    failures: [],
  });
  const after = await stat(masterPath, { bigint: true });
  t.same([after.mtimeNs, after.size, await sha256(masterPath)], [before.mtimeNs, before.size, digest]);
});

t.test('holes stay holes, but the first block is written', async (t) => {
  const folder = t.testdir({});
  const masterPath = await makeSmallMaster(join(folder, 'master.raw'), { sizeBytes: 600 * mebibyte });
  const path = join(folder, 'clone.raw');
  const { clones } = await cloneMaster({ masterPath, targets: [path] });
  const { size, blocks } = await stat(path);
  t.equal(size, 600 * mebibyte);
  t.ok(blocks * 512 < 4 * mebibyte, `${blocks * 512} bytes are allocated`);
  if (clones[0]!.method === 'copy') t.ok(blocks * 512 >= 2 * mebibyte, 'the null signature is no hole');
  t.ok((await bytesAt(path, 64 * 512, 16 * 512)).equals(Buffer.alloc(16 * 512)));
});

t.test('any size, sparse or dense', async (t) => {
  const folder = t.testdir({});
  for (const dense of [false, true]) {
    for (const sizeBytes of [mebibyte + 512, 2 * mebibyte, 8 * mebibyte + 4096, 5 * mebibyte + 512 + 77]) {
      const masterPath = await makeSmallMaster(join(folder, 'master.raw'), { sizeBytes, dense });
      const path = join(folder, 'clone.raw');
      await cloneMaster({ masterPath, targets: [path], overwrite: true });
      t.equal((await stat(path)).size, sizeBytes);
      t.equal(await sha256(path), await sha256(masterPath), `${sizeBytes} bytes, dense: ${dense}`);
    }
  }
});

t.test('a file is replaced when asked for, and only by a whole clone', async (t) => {
  const folder = t.testdir({ 'taken.raw': 'mine', 'half.raw.partial': 'x' });
  const masterPath = await makeSmallMaster(join(folder, 'master.raw'));
  const taken = join(folder, 'taken.raw');
  const half = join(folder, 'half.raw');
  const aborter = new AbortController();
  const interrupted = cloneMaster({
    masterPath,
    targets: [taken],
    overwrite: true,
    signal: aborter.signal,
    onProgress: ({ phase }) => phase === 'verify' && aborter.abort(new Error('enough')),
  });
  await t.rejects(interrupted, { message: 'enough' });
  t.equal(await readFile(taken, 'utf8'), 'mine');
  await cloneMaster({ masterPath, targets: [taken, half], overwrite: true });
  for (const path of [taken, half]) t.equal(await sha256(path), await sha256(masterPath));
  t.notOk((await readdir(folder)).some((name) => name.endsWith('.partial')));
});

t.test('a folder keeps what it has: clones of another time are not replaced unasked', async (t) => {
  const folder = t.testdir({});
  const masterPath = await makeSmallMaster(join(folder, 'master.raw'));
  const outFolder = join(folder, 'out');
  await mkdir(outFolder);
  await writeFile(join(outFolder, 'clones.json'), '{}');
  await t.rejects(cloneMaster({ masterPath, outFolder }), { code: 'CORE_CLONE_TARGET_EXISTS' });
  t.same(await readdir(outFolder), ['clones.json']);
  await cloneMaster({ masterPath, outFolder, overwrite: true });
  t.same(await readdir(outFolder), ['clones.json', 'master-0001.raw']);
});

t.test('without verification nothing is said to be verified', async (t) => {
  const folder = t.testdir({});
  const masterPath = await makeSmallMaster(join(folder, 'master.raw'));
  const targets = [join(folder, 'clone.raw')];
  const phases = new Set<string>();
  const result = await cloneMaster({
    masterPath,
    targets,
    verify: false,
    digest: true,
    onProgress: ({ phase }) => phases.add(phase),
  });
  t.same([...phases], ['copy']);
  t.match(result.masters, [{ sha256: await sha256(masterPath) }]);
  t.match(result.clones, [{ verified: false, readBack: undefined, sha256: undefined }]);
  t.equal(await sha256(targets[0]!), await sha256(masterPath));
});

t.test('a master of two disks is cloned for one machine after the other', async (t) => {
  const folder = t.testdir({ headless: {} });
  const masterPath = join(folder, 'headless');
  await makeSmallMaster(join(masterPath, 'system.raw'));
  await makeSmallMaster(join(masterPath, 'data.raw'), { role: 'data', sizeBytes: 3 * mebibyte });
  const outFolder = join(folder, 'out');
  const check = async () => {
    for (const unit of ['headless-0001', 'headless-0002']) {
      t.same(await readdir(join(outFolder, unit)), ['data.raw', 'system.raw']);
      for (const name of ['data.raw', 'system.raw']) {
        t.equal(await sha256(join(outFolder, unit, name)), await sha256(join(masterPath, name)));
      }
    }
  };
  const { clones } = await cloneMaster({ masterPath, count: 2, outFolder });
  t.match(clones, [
    { unit: 'headless-0001', role: 'system' },
    { unit: 'headless-0001', role: 'data' },
    { unit: 'headless-0002', role: 'system' },
    { unit: 'headless-0002', role: 'data' },
  ]);
  await check();

  const disks = ['system', 'data'].map((role) => ({ role, file: `${role}.raw`, sizeBytes: 1, sha256: '' }));
  await writeFile(join(masterPath, 'template.json'), JSON.stringify({ formatVersion: 1, disks }));
  await cloneMaster({ masterPath, count: 2, outFolder, overwrite: true });
  await check();

  const targets = [join(folder, 'x.raw')];
  await t.rejects(cloneMaster({ masterPath, targets }), {
    code: 'CORE_CLONE_TARGETS_INVALID',
    message: /each by itself/,
  });

  const third = join(folder, 'third');
  const spoil = (() => {
    let isDone = false;
    return (masterNow: string, phase: string) => {
      if (isDone || phase !== 'verify' || !masterNow.endsWith('data.raw')) return;
      isDone = true;
      overwriteSync(join(third, 'headless-0001/data.raw.partial'), mebibyte);
    };
  })();
  const cloning = cloneMaster({
    masterPath,
    count: 2,
    outFolder: third,
    onProgress: ({ masterPath: masterNow, phase }) => spoil(masterNow, phase),
  });
  await t.rejects(cloning, { code: 'CORE_CLONE_INCOMPLETE' });
  t.same((await readdir(third)).sort(), ['clones.json', 'headless-0002'], 'no machine with one disk is left');
});

t.test('more clones than are made at once, and progress to the end', async (t) => {
  const folder = t.testdir({});
  const masterPath = await makeSmallMaster(join(folder, 'master.raw'), { sizeBytes: 2 * mebibyte });
  let last = 0;
  const { clones } = await cloneMaster({
    masterPath,
    count: 70,
    outFolder: join(folder, 'out'),
    onProgress({ doneBytes, totalBytes }) {
      t.ok(doneBytes >= last && doneBytes <= totalBytes);
      last = doneBytes;
      t.equal(totalBytes, 2 * 2 * 2 * mebibyte);
    },
  });
  t.equal(last, 8 * mebibyte);
  t.equal(clones.length, 70);
  const digests = new Set(await Promise.all(clones.map(({ path }) => sha256(path))));
  t.same([...digests], [await sha256(masterPath)]);
});

t.test('memory does not grow with the disk', async (t) => {
  const folder = t.testdir({});
  const masterPath = await makeSmallMaster(join(folder, 'master.raw'), { sizeBytes: 4096 * mebibyte });
  let peakBytes = 0;
  const startBytes = process.memoryUsage.rss();
  await cloneMaster({
    masterPath,
    targets: [join(folder, 'clone.raw')],
    onProgress() {
      peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
    },
  });
  t.ok(
    peakBytes - startBytes < 192 * mebibyte,
    `${Math.round((peakBytes - startBytes) / mebibyte)} MiB more`,
  );
});
