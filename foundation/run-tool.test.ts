import { chmod, chown, writeFile } from 'node:fs/promises';
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

t.test('in a sandbox a program has no privileges, limits, and nothing of the environment', async (t) => {
  const folder = t.testdir({ image: 'content' });
  const imagePath = join(folder, 'image');
  const limits = { memoryBytes: 1024 ** 3, processorSeconds: 1, openFiles: 32, fileBytes: 0 };
  const inside = (script: string, fileBytes = 0) =>
    runTool('sh', ['-c', script], { cwd: folder, sandbox: { ...limits, fileBytes, imagePath } });
  process.env.ASSAY_SECRET = 'secret';
  const { stdout } = await inside('cat image /proc/self/status; env');
  delete process.env.ASSAY_SECRET;
  t.match(stdout, /^content/);
  t.match(stdout, /^NoNewPrivs:\s*1$/m);
  t.match(stdout, /^CapEff:\s*0+$/m, 'also for root');
  t.notMatch(stdout, 'ASSAY_SECRET');
  t.match(stdout, /^LC_ALL=C$/m);

  await t.rejects(inside('exec printf 1 > none'), { code: 'FOUNDATION_TOOL_FAILED' });
  await inside('printf 1234 > small', 4);
  await t.rejects(inside('exec printf 12345 > large', 4), {
    code: 'FOUNDATION_TOOL_FAILED',
    facts: { tried: 'sh -c exec printf 12345 > large' },
  });
  await t.rejects(inside('while :; do :; done'), {
    code: 'FOUNDATION_TOOL_FAILED',
    facts: { got: /SIGKILL|SIGXCPU/ },
  });
  await t.rejects(runTool('no-such-program', [], { sandbox: { ...limits, imagePath } }), {
    code: 'FOUNDATION_TOOL_MISSING',
    facts: { tried: 'start no-such-program' },
  });
});

t.test(
  'a sandbox reaches what root may, and what it writes to',
  { skip: process.getuid!() !== 0 && 'needs root' },
  async (t) => {
    const folder = t.testdir({ private: { own: {}, image: 'content' } });
    const ofAnother = join(folder, 'private');
    await chmod(ofAnother, 0o700);
    await chown(ofAnother, 65_534, 65_534);
    const imagePath = join(ofAnother, 'image');
    const limits = { memoryBytes: 1024 ** 3, processorSeconds: 10, openFiles: 32 };
    const options = (fileBytes: number, path: string) => ({
      sandbox: { ...limits, fileBytes, imagePath: path },
    });
    t.match(await runTool('cat', [imagePath], options(0, imagePath)), { stdout: 'content' });
    const script = `printf 1 > ${join(ofAnother, 'own/file')}`;
    // What it reads is reachable for everybody; what it writes is root's own, in a folder that is not.
    await runTool('sh', ['-c', script], options(1, '/etc/hostname'));
  },
);
