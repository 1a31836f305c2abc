import { mkdir, open, readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { renameDurably, renameWithoutJournal } from './rename-durably.ts';

for (const [name, renamed] of Object.entries({ renameDurably, renameWithoutJournal })) {
  t.test(`${name}: a file takes the place of another, or a free one`, async (t) => {
    const folder = t.testdir({ old: 'old', new: 'new', other: 'other' });
    await using file = await open(join(folder, 'new'), 'r');
    await renamed(file, join(folder, 'new'), join(folder, 'old'));
    t.equal(await readFile(join(folder, 'old'), 'utf8'), 'new');
    await using other = await open(join(folder, 'other'), 'r');
    await renamed(other, join(folder, 'other'), join(folder, 'free'));
    t.same((await readdir(folder)).sort(), ['free', 'old']);
    t.equal(await readFile(join(folder, 'free'), 'utf8'), 'other');
  });
}

t.test(
  'without a journal folders are renamed, too, and nothing stays open, also after a failure',
  async (t) => {
    const folder = t.testdir({ full: { file: 'x' }, made: {} });
    await writeFile(join(folder, 'made', 'file'), 'y');
    await using made = await open(join(folder, 'made'), 'r');
    await t.rejects(renameWithoutJournal(made, join(folder, 'made'), join(folder, 'full')), {
      code: 'ENOTEMPTY',
    });
    await mkdir(join(folder, 'empty'));
    await renameWithoutJournal(made, join(folder, 'made'), join(folder, 'empty'));
    t.equal(await readFile(join(folder, 'empty', 'file'), 'utf8'), 'y');
    const opened = await openPathsBelow(folder);
    t.same(opened, [join(folder, 'empty')], 'only what the test holds itself');
  },
);

async function openPathsBelow(folder: string): Promise<string[]> {
  const descriptors = await readdir('/proc/self/fd');
  const paths = await Promise.all(descriptors.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
  return paths.filter((path) => path.startsWith(folder));
}
