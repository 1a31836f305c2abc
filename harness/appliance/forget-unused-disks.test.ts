import { readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { forgetUnusedDisks } from './forget-unused-disks.ts';

const dayMs = 24 * 3_600_000;

t.test('kept disks go when nobody has used them for a week', async (t) => {
  const disks = () => ({ 'system.raw': 'disk', complete: 'key' });
  const parent = t.testdir({ old: disks(), used: disks(), '.making-old': {}, '.making-now': {} });
  const nowMs = Date.now();
  const setAge = async (path: string, days: number) => {
    const time = new Date(nowMs - days * dayMs);
    await utimes(join(parent, path), time, time);
  };
  await setAge('old/complete', 8);
  await setAge('used/complete', 6);
  await setAge('used', 30);
  await setAge('.making-old', 8);
  t.same((await forgetUnusedDisks(parent, 'complete', nowMs)).sort(), ['.making-old', 'old']);
  t.same((await readdir(parent)).sort(), ['.making-now', 'used']);
});
