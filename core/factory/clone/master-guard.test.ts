import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import t from 'tap';
import { cloneMaster } from './clone-master.ts';
import { makeSmallMaster, mebibyte, sha256 } from './fixtures/small-master.ts';
import type { MasterGuard } from './master-guard.ts';

/** Hashes what it is shown, as slowly as it can. */
function slowGuard(seen: string[], finish = () => {}): MasterGuard {
  return {
    check: async (masters) => {
      for (const { path, sizeBytes } of masters) seen.push(`check ${path} ${sizeBytes}`);
    },
    watch() {
      const hash = createHash('sha256');
      let nextBytes = 0;
      let queue: Promise<void> = Promise.resolve();
      return {
        onBytes(positionBytes, bytes) {
          if (positionBytes !== nextBytes) seen.push(`${positionBytes} instead of ${nextBytes}`);
          nextBytes += bytes.length;
          queue = queue.then(async () => {
            for (let turn = 0; turn < 20; turn += 1) await setImmediate();
            hash.update(bytes);
          });
          return queue;
        },
        async finish() {
          await queue;
          seen.push(hash.digest('hex'));
          finish();
        },
      };
    },
  };
}

t.test('a guard sees every byte, in order, of each reading', async (t) => {
  const folder = t.testdir();
  const masterPath = await makeSmallMaster(join(folder, 'master.raw'), {
    sizeBytes: 19 * mebibyte,
    dense: true,
  });
  const digest = await sha256(masterPath);
  const check = `check ${masterPath} ${19 * mebibyte}`;
  for (const verify of [true, false]) {
    const seen: string[] = [];
    const options = { masterPath, outFolder: join(folder, `few-${verify}`), verify };
    await cloneMaster({ ...options, count: 2, guard: slowGuard(seen) });
    t.same(seen, [check, digest]);
  }
  const seen: string[] = [];
  await cloneMaster({ masterPath, outFolder: join(folder, 'many'), count: 65, guard: slowGuard(seen) });
  t.same(seen, [check, digest, digest], 'two readings');
});

t.test('what its check throws comes after all other checks, and before anything is written', async (t) => {
  const folder = t.testdir({ 'taken.raw': 'mine' });
  const masterPath = await makeSmallMaster(join(folder, 'master.raw'));
  const seen: string[] = [];
  const guard: MasterGuard = {
    ...slowGuard(seen),
    check: () => Promise.reject(new Error('not this one')),
  };
  const before = await readdir(folder);
  const outFolder = join(folder, 'out');
  await t.rejects(cloneMaster({ masterPath, outFolder, guard }), { message: 'not this one' });
  await t.rejects(cloneMaster({ masterPath, targets: [join(folder, 'taken.raw')], guard }), {
    code: 'CORE_CLONE_TARGET_EXISTS',
  });
  t.same(await readdir(folder), before);
  t.same(seen, []);
});

t.test('what its watch throws keeps the bytes from becoming a clone', async (t) => {
  const folder = t.testdir({ 'old.raw': 'mine' });
  const masterPath = await makeSmallMaster(join(folder, 'master.raw'));
  const before = await readdir(folder);
  for (const verify of [true, false]) {
    const finish = () => {
      throw new Error('other bytes');
    };
    const targets = [join(folder, 'a.raw'), join(folder, 'old.raw')];
    const options = {
      masterPath,
      outFolder: join(folder, 'out'),
      count: 1,
      targets,
      overwrite: true,
      verify,
    };
    await t.rejects(cloneMaster({ ...options, guard: slowGuard([], finish) }), { message: 'other bytes' });
    t.same(await readdir(folder), before);
    const early: MasterGuard = {
      ...slowGuard([]),
      watch: () => ({
        onBytes: () => Promise.reject(new Error('at once')),
        finish: () => Promise.resolve(),
      }),
    };
    await t.rejects(cloneMaster({ ...options, guard: early }), { message: 'at once' });
    t.same(await readdir(folder), before);
  }
  t.equal(await readFile(join(folder, 'old.raw'), 'utf8'), 'mine');
});
