import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { fakeContext } from './fixtures/fake-context.ts';
import { makeRestart } from './restart.ts';
import { makeShutDown } from './shut-down.ts';

for (const [make, program] of [
  [makeRestart, 'reboot'],
  [makeShutDown, 'poweroff'],
] as const) {
  t.test(`${program}: the disks are written, init is told, and control does not come back`, async (t) => {
    const wordPath = join(t.testdir({}), 'how-it-ends');
    const given = new AbortController();
    const asked = Promise.withResolvers<string>();
    const context = fakeContext({
      signal: given.signal,
      runProgram: (name) => {
        if (name === program) asked.resolve(readFileSync(wordPath, 'utf8'));
        return '';
      },
    });
    let hasEnded = false;
    const done = Promise.resolve(make(wordPath).run({}, context)).finally(() => {
      hasEnded = true;
    });
    t.equal(await asked.promise, `${program}\n`, 'the word is there before init is told');
    await new Promise((resolve) => setTimeout(resolve, 50));
    t.notOk(hasEnded);
    t.same(context.programs, ['sync', program]);
    given.abort(new Error('it took too long'));
    await t.rejects(done, { message: 'it took too long' });
  });
}

t.test('an init that refuses is a failure', async (t) => {
  const wordPath = join(t.testdir({}), 'how-it-ends');
  const context = fakeContext({
    runProgram: (name) => {
      if (name === 'reboot') throw new Error('no');
      return '';
    },
  });
  await t.rejects(makeRestart(wordPath).run({}, context), { message: 'no' });
});
