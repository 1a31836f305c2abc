import t from 'tap';
import { toolLines } from './tool-lines.ts';

async function linesOf(...[name, toolArguments, options]: Parameters<typeof toolLines>): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of toolLines(name, toolArguments, options)) lines.push(line);
  return lines;
}

t.test('the lines of a program, without their line breaks', async (t) => {
  t.same(await linesOf('printf', ['one\ntwo\n\nlast']), ['one', 'two', '', 'last']);
  t.same(await linesOf('true', []), []);
});

t.test('it speaks plainly and fails as a tool does', async (t) => {
  t.same(await linesOf('sh', ['-c', 'echo $LC_ALL']), ['C']);
  t.same(await linesOf('sh', ['-c', 'echo out; exit 1'], { acceptExitCodes: [0, 1] }), ['out']);
  await t.rejects(linesOf('sh', ['-c', 'echo out; echo why >&2; exit 4']), {
    code: 'FOUNDATION_TOOL_FAILED',
    facts: { got: 'exit code 4: why' },
  });
  await t.rejects(linesOf('no-such-program', []), { code: 'FOUNDATION_TOOL_MISSING' });
});

t.test('it is ended when nobody wants the rest', async (t) => {
  const folder = t.testdir();
  const pids: number[] = [];
  for await (const line of toolLines('sh', ['-c', 'echo $$; exec sleep 600'], { cwd: folder })) {
    pids.push(Number(line));
    break;
  }
  t.throws(() => process.kill(pids[0]!, 0), { code: 'ESRCH' }, 'the program is gone');
});

t.test('it is ended by a signal', async (t) => {
  const abort = new AbortController();
  const seen: string[] = [];
  await t.rejects(
    (async () => {
      const options = { signal: abort.signal };
      for await (const line of toolLines('sh', ['-c', 'echo begun; exec sleep 60'], options)) {
        seen.push(line);
        abort.abort();
      }
    })(),
    { code: 'FOUNDATION_TOOL_FAILED' },
  );
  t.same(seen, ['begun']);
});
