import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { runProgram } from './run-program.ts';

const { signal } = new AbortController();

t.test('what a program prints on standard output is given', async (t) => {
  const text = await runProgram('sh', ['-c', 'printf "one\\n%s" "$0"; echo hidden >&2', 'two words'], {
    signal,
  });
  t.equal(text, 'one\ntwo words');
});

t.test('a program that fails says what it printed', async (t) => {
  await t.rejects(runProgram('sh', ['-c', 'echo out; echo err >&2; exit 3'], { signal }), {
    code: 'SCRIPT_PROGRAM_FAILED',
    facts: { tried: 'sh -c echo out; echo err >&2; exit 3', got: /^exit code 3: out\nerr$/ },
  });
  await t.rejects(runProgram('sh', ['-c', 'kill -TERM $$'], { signal }), {
    code: 'SCRIPT_PROGRAM_FAILED',
    facts: { tried: /kill/, got: 'SIGTERM' },
  });
  await t.rejects(runProgram('no-such-program', [], { signal }), {
    code: 'SCRIPT_PROGRAM_FAILED',
    facts: { got: 'there is no program no-such-program' },
  });
});

/** Waits until the whole process group of a program is gone. */
async function untilGone(group: number): Promise<void> {
  for (;;) {
    try {
      process.kill(-group, 0);
    } catch {
      return;
    }
    await pause(10);
  }
}

t.test('a program ends with its children when its step does, also when they do not want to', async (t) => {
  const file = `${t.testdir()}/group`;
  const abort = new AbortController();
  // The child lets requests pass; only the order reaches it.
  const child = `trap "" TERM; echo $PPID > ${file}.new; mv ${file}.new ${file}; sleep 1000 & wait; sleep 1000`;
  const running = runProgram('sh', ['-c', `sh -c '${child}' & wait`], { signal: abort.signal });
  const group = await (async () => {
    for (;;) {
      const text = await readFile(file, 'utf8').catch(() => undefined);
      if (text !== undefined) return Number(text);
      await pause(10);
    }
  })();
  const why = new Error('time is over');
  abort.abort(why);
  await t.rejects(running, why);
  await untilGone(group);
  t.pass('nobody is left');
});

t.test('nothing is started when it is over already', async (t) => {
  const file = `${t.testdir()}/made`;
  const why = new Error('over');
  await t.rejects(runProgram('touch', [file], { signal: AbortSignal.abort(why) }), why);
  t.notOk(existsSync(file));
});

t.test('a program that leaves something in the background is not waited for', async (t) => {
  const text = await runProgram('sh', ['-c', 'echo $$; sleep 1000 & echo $!'], { signal });
  const [, left] = text.trim().split('\n');
  process.kill(Number(left), 'SIGKILL');
  t.match(text, /^\d+\n\d+\n$/);
});

t.test('output without an end is refused before memory is full', async (t) => {
  await t.rejects(runProgram('yes', [], { signal }), {
    code: 'SCRIPT_PROGRAM_FAILED',
    facts: { tried: 'yes', got: /more than 16777216 characters/ },
  });
});
