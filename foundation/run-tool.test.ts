import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { runTool } from './run-tool.ts';

t.test('a program gets its input and gives its output as it is', async (t) => {
  t.match(await runTool('cat', [], { input: 'in\n' }), { stdout: 'in\n', exitCode: 0 });
  t.match(await runTool('sh', ['-c', 'echo out; echo err >&2']), { stdout: 'out\n', stderr: 'err\n' });
  t.match(await runTool('cat', []), { stdout: '' }, 'without input there is nothing to read');
});

t.test('its environment: plain language, the folders of the system, what is added', async (t) => {
  const { stdout } = await runTool('sh', ['-c', 'echo "$LC_ALL $ADDED"; echo "$PATH"'], {
    env: { ADDED: 'yes', LC_ALL: 'de' },
  });
  t.match(stdout, /^C yes\n.*:\/usr\/sbin:/);
  const folder = t.testdir();
  t.match(await runTool('pwd', [], { cwd: folder }), { stdout: `${folder}\n` });
});

t.test('an exit code is an error, unless it is accepted', async (t) => {
  await t.rejects(runTool('sh', ['-c', 'echo why; exit 4']), {
    code: 'FOUNDATION_TOOL_FAILED',
    facts: { tried: 'sh -c echo why; exit 4', got: 'exit code 4: why' },
  });
  t.match(await runTool('sh', ['-c', 'exit 1'], { acceptExitCodes: [0, 1] }), { exitCode: 1 });
});

t.test('a program that is missing names its package', async (t) => {
  await t.rejects(runTool('no-such-program', []), {
    code: 'FOUNDATION_TOOL_MISSING',
    facts: { tried: 'start no-such-program' },
  });
});

t.test('a program that may not be started, and one that is killed', async (t) => {
  const path = join(t.testdir(), 'not-executable');
  await writeFile(path, '');
  await t.rejects(runTool(path, []), { code: 'FOUNDATION_TOOL_FAILED' });
  await t.rejects(runTool('sh', ['-c', 'kill -9 $$']), {
    code: 'FOUNDATION_TOOL_FAILED',
    facts: { got: /SIGKILL/ },
  });
});

t.test('a full disk is recognised', async (t) => {
  await t.rejects(runTool('sh', ['-c', 'echo x: No space left on device >&2; exit 1']), {
    code: 'FOUNDATION_DISK_FULL',
  });
});

t.test('an abort ends it', async (t) => {
  const aborter = new AbortController();
  const running = runTool('sleep', ['600'], { signal: aborter.signal });
  aborter.abort();
  await t.rejects(running);
});
