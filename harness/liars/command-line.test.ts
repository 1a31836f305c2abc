import t from 'tap';
import { allLiars } from './all-liars.ts';
import { readCommandLine } from './command-line.ts';

t.test('the command line of npm run liars', async (t) => {
  t.match(await readCommandLine([], allLiars), { repeat: 1, load: false, liars: allLiars });
  t.match(await readCommandLine(['late-login', '--repeat', '30', '--load'], allLiars), {
    liars: [{ name: 'late-login' }],
    repeat: 30,
    load: true,
  });
  const streams = await readCommandLine(['--streams'], allLiars);
  t.same([...new Set(streams!.liars.map(({ on }) => on))], ['stream']);
  await t.rejects(readCommandLine(['honest-man'], allLiars), {
    code: 'HARNESS_USAGE',
    message: /late-login/,
  });
  await t.rejects(readCommandLine(['--repeat', '0'], allLiars), { code: 'HARNESS_USAGE' });
  await t.rejects(readCommandLine(['--often'], allLiars), { code: 'HARNESS_USAGE' });
});

t.test('every liar has a name of its own, and a truth that names evidence where it is unwell', async (t) => {
  t.equal(new Set(allLiars.map(({ name }) => name)).size, allLiars.length);
  for (const { name, truth, blame } of allLiars) {
    t.equal(truth.outcome === 'passed', blame === 'nobody', name);
    t.equal(truth.codes === undefined, blame === 'nobody', name);
  }
});
