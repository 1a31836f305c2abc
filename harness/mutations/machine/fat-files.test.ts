import { execFileSync } from 'node:child_process';
import { truncateSync, writeFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { JudgedDisk } from '../../explorer/judged-disk.ts';
import { contentOf } from '../trial-content.ts';
import { fatJudge } from './fat-files.ts';
import { wholeFile } from './file-judges.ts';

const judge = fatJudge(wholeFile('/sub/settings', contentOf('settings')));

/** A FAT with a folder, and a file in it of the length given. */
function makeFat(t: Test, sizeBytes: number): JudgedDisk {
  const folder = t.testdir({ settings: contentOf('settings').slice(0, sizeBytes) });
  const image = join(folder, 'fat.raw');
  writeFileSync(image, '');
  truncateSync(image, 40 * 1024 ** 2);
  execFileSync('/usr/sbin/mkfs.fat', ['-F', '32', '-s', '1', image]);
  execFileSync('mmd', ['-i', image, '::/sub']);
  execFileSync('mcopy', ['-i', image, join(folder, 'settings'), '::/sub/settings']);
  const copyOf = async () => {
    const copy = `${image}.copy`;
    await copyFile(image, copy);
    return copy;
  };
  return { copyOf, acknowledged: [{ position: 0, label: 'trial' }] } as unknown as JudgedDisk;
}

t.test('a whole file is sound, one that is cut off is lost', async (t) => {
  t.match(await judge(makeFat(t, 20_000)), { outcome: 'sound' });
  t.match(await judge(makeFat(t, 12)), { outcome: 'lost', report: /has 12 bytes that are not its own/ });
});

t.test('a file that is not there is lost once it was promised', async (t) => {
  const other = fatJudge(wholeFile('/other', 'x'));
  t.match(await other(makeFat(t, 1)), { outcome: 'lost', report: '/other is not there' });
});

t.test('a FAT that cannot be read is no FAT without files', async (t) => {
  const disk = makeFat(t, 1);
  const image = join(t.testdirName, 'fat.raw');
  writeFileSync(image, Buffer.alloc(1 << 20));
  await t.rejects(fatJudge(wholeFile('/other', 'x'))(disk), { code: 'FOUNDATION_TOOL_FAILED' });
});
