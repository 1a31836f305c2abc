import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { applicationNames } from '../../core/applications/application.ts';
import { bundleApplications } from '../../core/applications/bundle-applications.ts';
import { durably } from '../../foundation/index.ts';
import { bundlePrograms } from '../../images/build/bundle-programs.ts';
import { leavingOut } from './leave-out.ts';

const switchName = 'leavesOutDurabilityStep';
const foundation = join(import.meta.dirname, '..', '..', 'foundation', 'durably.ts');

t.test('in what ships no step can be left out, whatever a program sets', async (t) => {
  const source = [
    `import { durably } from ${JSON.stringify(foundation)};`,
    `Object.assign(globalThis, { ${switchName}: () => true });`,
    "durably('any.step', async () => console.log('done'));",
  ];
  const root = t.testdir({ programs: { 'careless.ts': source.join('\n') }, out: {} });
  const path = join(root, 'out', 'careless.cjs');
  await writeFile(path, (await bundlePrograms('programs', root)).get('careless.cjs')!);
  t.equal((await promisify(execFile)(process.execPath, [path])).stdout, 'done\n');
});

t.test('the programs and applications of guests know of no switch', async (t) => {
  const programs = await bundlePrograms('core/programs');
  t.ok(programs.size > 0);
  for (const [name, bytes] of programs) t.notMatch(Buffer.from(bytes).toString(), switchName, name);
  const folder = t.testdir({});
  await bundleApplications(folder);
  for (const name of applicationNames) {
    t.notMatch(await readFile(join(folder, name, 'main.cjs'), 'utf8'), switchName, name);
  }
});

t.test('on the host a step is left out only for as long as somebody asks for it', async (t) => {
  const done: string[] = [];
  const all = async () => {
    await durably('a', async () => done.push('a'));
    await durably('b', async () => done.push('b'));
  };
  t.equal(await leavingOut('a', all), 1);
  t.equal(await leavingOut(null, all), 0);
  await t.rejects(
    leavingOut('b', async () => {
      await all();
      throw new Error('on the way');
    }),
    { message: 'on the way' },
  );
  await all();
  t.same(done, ['b', 'a', 'b', 'a', 'a', 'b']);
});
