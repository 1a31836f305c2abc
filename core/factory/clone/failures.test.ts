import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { type CloneOptions, cloneMaster } from './clone-master.ts';
import { flipBit, makeSmallMaster, mebibyte, overwriteSync, sha256 } from './fixtures/small-master.ts';

/** Calls back once, when everything has been written and nothing verified. */
function atVerification(action: () => void): Required<Pick<CloneOptions, 'onProgress'>> {
  let isDone = false;
  return {
    onProgress({ phase }) {
      if (phase !== 'verify' || isDone) return;
      isDone = true;
      action();
    },
  };
}

t.test('a bit that is wrong on the disk is found, wherever it is', async (t) => {
  const folder = t.testdir({});
  const sizeBytes = 7 * mebibyte + 512 + 77;
  const masterPath = await makeSmallMaster(join(folder, 'master.raw'), { sizeBytes });
  const path = join(folder, 'clone.raw');
  for (const position of [0, 64 * 512, 3 * mebibyte + 9, 6 * mebibyte, sizeBytes - 2]) {
    const spoil = atVerification(() => overwriteSync(`${path}.partial`, position));
    const message = new RegExp(`${path}, byte ${position} \\(sector ${Math.floor(position / 512)}\\)`);
    const cloning = cloneMaster({ masterPath, targets: [path], ...spoil });
    await t.rejects(cloning, { code: 'CORE_CLONE_DIFFERS', message }, `byte ${position}`);
    t.same(await readdir(folder), ['master.raw'], 'no clone is left');
  }
});

t.test('one bad target does not hold up the others', async (t) => {
  const folder = t.testdir({});
  const masterPath = await makeSmallMaster(join(folder, 'master.raw'));
  const outFolder = join(folder, 'out');
  const second = join(outFolder, 'master-0002.raw');
  const spoil = atVerification(() => overwriteSync(`${second}.partial`, 4 * mebibyte));
  await t.rejects(cloneMaster({ masterPath, count: 6, outFolder, ...spoil }), {
    code: 'CORE_CLONE_INCOMPLETE',
    message: /got: +5; failed: .*master-0002.raw \(CORE_CLONE_DIFFERS/,
  });
  const manifest = JSON.parse(await readFile(join(outFolder, 'clones.json'), 'utf8'));
  t.match(manifest.failures, [{ path: second, code: 'CORE_CLONE_DIFFERS' }]);
  t.equal(manifest.clones.length, 5);
  for (const { path } of manifest.clones) t.equal(await sha256(path), await sha256(masterPath));
  t.notOk((await readdir(outFolder)).some((name) => name.startsWith('master-0002')));
});

t.test('interrupted at any point, it leaves nothing', async (t) => {
  const folder = t.testdir({});
  const masterPath = await makeSmallMaster(join(folder, 'master.raw'), {
    sizeBytes: 24 * mebibyte,
    dense: true,
  });
  const outFolder = join(folder, 'out');
  const points: [phase: string, doneBytes: number][] = [
    ['copy', 0],
    ['copy', 6 * mebibyte],
    ['verify', 24 * mebibyte],
    ['verify', 40 * mebibyte],
    ['verify', 48 * mebibyte],
  ];
  for (const [phase, doneBytes] of points) {
    const aborter = new AbortController();
    const cloning = cloneMaster({
      masterPath,
      count: 2,
      outFolder,
      signal: aborter.signal,
      onProgress(progress) {
        if (progress.phase === phase && progress.doneBytes >= doneBytes) aborter.abort(new Error('enough'));
      },
    });
    await t.rejects(cloning, { message: 'enough' }, `${phase} ${doneBytes}`);
    t.same(await readdir(folder), ['master.raw']);
  }
});

t.test('a master that changes meanwhile is noticed', async (t) => {
  const folder = t.testdir({});
  const masterPath = join(folder, 'master.raw');
  const cases: [string, Partial<CloneOptions>, () => void][] = [
    ['where it differs from the clone', {}, () => overwriteSync(masterPath, 3 * mebibyte)],
    ['in its first block', {}, () => overwriteSync(masterPath, 100)],
    ['with a digest', { digest: true }, () => overwriteSync(masterPath, 8 * mebibyte)],
    ['without verification', { verify: false }, () => overwriteSync(masterPath, 3 * mebibyte)],
  ];
  for (const [name, options, change] of cases) {
    await makeSmallMaster(masterPath);
    let isDone = false;
    const cloning = cloneMaster({
      masterPath,
      targets: [join(folder, 'clone.raw')],
      ...options,
      onProgress({ phase, doneBytes }) {
        if (isDone || (phase === 'copy') !== (options.verify === false) || doneBytes === 0) return;
        isDone = true;
        change();
      },
    });
    await t.rejects(cloning, { code: 'CORE_CLONE_MASTER_CHANGED' }, name);
    t.same(await readdir(folder), ['master.raw'], name);
  }
  await makeSmallMaster(masterPath);
  await flipBit(masterPath, 4 * mebibyte);
  await t.resolves(cloneMaster({ masterPath, targets: [join(folder, 'clone.raw')] }), 'before, it may');
});
