import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { scriptErrors } from '../../errors.ts';
import { runProgram } from '../../run-program.ts';
import { selfTestOutputs } from '../fixtures/self-test-outputs.ts';
import { isLoopback, parseSelfTest, runSelfTest } from './network-card-self-test.ts';

const { signal } = new AbortController();

t.test('what ethtool prints is read, each sub-test by its name', async (t) => {
  const names = [
    'Register test (offline)',
    'Eeprom test (offline)',
    'Interrupt test (offline)',
    'Loopback test (offline)',
    'Link test (on/offline)',
  ];
  const results = (printed: string) => parseSelfTest(printed).map(({ result }) => result);
  t.same(
    parseSelfTest(selfTestOutputs.loopbackFails).map(({ name }) => name),
    names,
  );
  t.same(results(selfTestOutputs.loopbackFails), [376, 0, 4, 13, 1]);
  t.same(results(selfTestOutputs.loopbackGood), [376, 0, 4, 0, 0]);
  t.same(results(selfTestOutputs.allGood), [0, 0, 0, 0, 0]);
  t.same(parseSelfTest(selfTestOutputs.noSelfTest), []);
});

t.test('a loopback by whatever name, and none that the card does not have', async (t) => {
  const printed =
    'The test result is PASS\nThe test extra info:\n 1. MAC Loopback \t 1\n 2. PHY Loopback\t -95\n';
  const subTests = parseSelfTest(printed);
  t.same(subTests, [{ name: '1. MAC Loopback', result: 1 }]);
  t.ok(isLoopback(subTests[0]!));
  t.notOk(isLoopback({ name: 'Link test (on/offline)', result: 0 }));
});

t.test('why there is no self-test', async (t) => {
  const after = (got: string) =>
    runSelfTest('eth7', {
      signal,
      runProgram: async () => {
        throw scriptErrors.SCRIPT_PROGRAM_FAILED({ tried: 'sh', got });
      },
    });
  t.same(await after(`exit code 74: ${selfTestOutputs.noSelfTest}`), {
    reason: 'its driver has no self-test',
  });
  t.same(await after('exit code 127: sh: ethtool: not found'), { reason: 'there is no program ethtool' });
  t.same(await after('exit code 74: Cannot get strings: No such device'), {
    reason: 'its self-test cannot be run: exit code 74: Cannot get strings: No such device',
  });
});

t.test('a self-test without a loopback does not count as one', async (t) => {
  const printed = 'The test result is PASS\nThe test extra info:\nLink test   (on/offline)\t 0\n';
  t.same(await runSelfTest('eth7', { signal, runProgram: async () => printed }), {
    reason: 'its self-test has no loopback',
  });
});

t.test('an end of the step is no answer', async (t) => {
  const ended = AbortSignal.abort(new Error('time is over'));
  const test = runSelfTest('eth7', {
    signal: ended,
    runProgram: (name, words) => runProgram(name, words, { signal: ended }),
  });
  await t.rejects(test, { message: 'time is over' });
});

t.test('the shell hands on what ethtool says, and how it ended', async (t) => {
  const folder = t.testdir({});
  const program = join(folder, 'ethtool');
  const path = process.env.PATH;
  t.teardown(() => {
    process.env.PATH = path;
  });
  process.env.PATH = `${folder}:${path}`;
  const answer = async (script: string) => {
    await writeFile(program, `#!/bin/sh\n${script}\n`);
    await chmod(program, 0o755);
    return await runSelfTest('eth7', {
      signal,
      runProgram: (name, words) => runProgram(name, words, { signal }),
    });
  };
  const print = (text: string) => `cat <<'END'\n${text}END`;
  t.same(
    await answer(`[ "$*" = '-t eth7 offline' ] || exit 1\n${print(selfTestOutputs.loopbackFails)}\nexit 2`),
    {
      subTests: parseSelfTest(selfTestOutputs.loopbackFails),
    },
  );
  const many = Array.from({ length: 60 }, (_, index) => `${index}. Loopback of a very long name\t ${index}`);
  t.match(await answer(`${print(`${many.join('\n')}\n`)}\nexit 2`), { subTests: { length: 60 } });
  t.match(await answer(print(selfTestOutputs.allGood)), { subTests: { length: 5 } });
  t.same(await answer(`exec >&2\n${print(selfTestOutputs.noSelfTest)}\nexit 74`), {
    reason: 'its driver has no self-test',
  });
  t.same(await answer('exit 127'), { reason: 'there is no program ethtool' });
});
