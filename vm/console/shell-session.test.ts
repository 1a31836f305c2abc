import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import t from 'tap';
import { type PtyStream, spawnOnPty } from './fixtures/pty-stream.ts';
import { SerialConsole } from './serial-console.ts';

/** Interactive shells to start from, and the `sh` that the command loop then runs in. */
const loginShells = ['bash', 'dash', 'busybox', 'zsh', 'tcsh', 'mksh', 'fish'];
const loopShells = ['dash', 'bash', 'busybox', 'mksh'];

for (const shell of loginShells) {
  t.test(`commands run from an interactive ${shell}`, { skip: missing(shell) }, async (t) => {
    const { console, home } = await setUp(t.testdir(), shell, 'dash');
    const result = await console.run('echo hello; exit_me() { return 7; }; exit_me', {
      acceptExitCodes: [7],
    });
    t.equal(result.output, 'hello\n');
    t.equal(result.exitCode, 7);
    const later = await console.run('printf "no newline"');
    t.equal(later.output, 'no newline');
    await console[Symbol.asyncDispose]();
    t.same(await filesWith(home, 'hello'), [], 'no history is written');
    t.same(await filesWith(home, 'stty'), [], 'and the loop itself leaves nothing either');
  });
}

for (const shell of loopShells) {
  t.test(`the loop in ${shell}`, { skip: missing(shell) }, async (t) => {
    const setting = await setUp(t.testdir(), 'bash', shell);
    await using console = setting.console;
    t.equal((await console.run('x=1; cd /usr')).output, '', 'silence');
    t.equal((await console.run('echo $x; pwd')).output, '1\n/usr\n', 'state is kept');
    t.equal(
      (await console.run('for i in 1 2\ndo echo "line  $i"\ndone')).output,
      'line  1\nline  2\n',
      'many lines',
    );
    const long = 'ä'.repeat(6000);
    t.equal((await console.run(`echo '${long}'`)).output, `${long}\n`, 'longer than a terminal takes');
    t.equal((await console.run("printf '%s' '\\a b\\n!$'")).output, '\\a b\\n!$', 'quoting');
    t.equal((await console.run('cat')).output, '', 'standard input is empty');
    // mksh ends a script at a syntax error even under `command eval`.
    if (shell !== 'mksh') {
      const wrong = await console.run('echo (', { acceptExitCodes: 'any' });
      t.not(wrong.exitCode, 0, 'a syntax error is an error of the command');
      t.equal((await console.run('echo still here')).output, 'still here\n', 'and not the end of the loop');
    }
    await t.rejects(console.run('false'), { code: 'VM_COMMAND_FAILED', blame: 'product' });
    await t.rejects(console.run('echo early; sleep 60', { timeoutMs: 500 }), {
      code: 'VM_COMMAND_TIMEOUT',
      message: /early/,
    });
    t.equal((await console.run('echo again')).output, 'again\n', 'after a time-out');
    await t.rejects(console.run('seq 100000', { maxOutputBytes: 1000 }), { code: 'VM_OUTPUT_TOO_LARGE' });
    const ended = await console.run('exit 3', { acceptExitCodes: [3] });
    t.equal(ended.exitCode, 3, 'a command that ends the shell still gives its status');
  });
}

t.test('kernel lines are told from output that looks like them', async (t) => {
  const setting = await setUp(t.testdir(), 'bash', 'dash');
  await using console = setting.console;
  const uptimeSeconds = Number((await readFile('/proc/uptime', 'utf8')).split(' ')[0]);
  const now = `[${(uptimeSeconds + 5).toFixed(6).padStart(12)}] eth0: link up`;
  const before = '[    0.500000] Command line: quiet';
  const result = await console.run(`printf 'half %s\\n of it\\n%s\\n' '${now}' '${before}'`);
  t.equal(result.output, `half  of it\n${before}\n`);
  t.same(result.kernelMessages, [now]);
});

t.test('a command that arrives with other characters is not run', async (t) => {
  const setting = await setUp(t.testdir(), 'bash', 'dash');
  await using console = setting.console;
  await console.run('true');
  const send = console.send.bind(console);
  console.send = async (text) => await send(text.replace('touch', 'toch'));
  await t.rejects(console.run(`touch ${join(setting.home, 'garbled')}`), {
    code: 'VM_CONSOLE_GARBLED',
    blame: 'host',
    message: /it was not run/,
  });
  console.send = async (text) => await send(text.replace('touch', 'toouch'));
  await t.rejects(console.run('touch me'), { code: 'VM_CONSOLE_GARBLED' });
  t.equal((await console.run('echo "ä" still here')).output, 'ä still here\n', 'and the loop goes on');
  await t.rejects(console.run('printf a\rb'), {
    code: 'VM_COMMAND_UNTYPABLE',
    blame: 'usage',
    message: /at 8/,
  });
});

t.test('a console without a shell says so', async (t) => {
  const stream = spawnOnPty('/bin/cat', [], {});
  await using console = disposable(new SerialConsole(stream, { name: 'test', timeoutScale: 0.05 }), stream);
  await t.rejects(console.run('true'), { code: 'VM_SHELL_NOT_REACHED', blame: 'product' });
});

async function setUp(folder: string, shell: string, loopShell: string) {
  const home = join(folder, 'home');
  const programs = join(folder, 'bin');
  await mkdir(home);
  await mkdir(programs);
  await symlink(which(loopShell)!, join(programs, 'sh'));
  const env = {
    HOME: home,
    PATH: `${programs}:${process.env.PATH}`,
    TERM: 'vt100',
    HISTFILE: join(home, 'history'),
  };
  const shellArguments = shell === 'busybox' ? ['sh', '-i'] : ['-i'];
  // A terminal whose own process ends may lose its last output: this one goes on for a while behind the shell.
  const words = ['-c', '"$@"; exec sleep 30', 'sh', which(shell)!, ...shellArguments];
  const stream = spawnOnPty('/bin/sh', words, env);
  return { home, console: disposable(new SerialConsole(stream, { name: `console of ${shell}` }), stream) };
}

function disposable(console: SerialConsole, stream: PtyStream): SerialConsole & AsyncDisposable {
  return Object.assign(console, {
    [Symbol.asyncDispose]: async () => {
      stream.destroy();
      await stream.exited;
    },
  });
}

function missing(shell: string): string | false {
  return which(shell) ? false : `${shell} is not installed`;
}

function which(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

async function filesWith(folder: string, text: string): Promise<string[]> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
  const contents = await Promise.all(paths.map((path) => readFile(path, 'utf8')));
  return paths.filter((_, index) => contents[index]!.includes(text));
}
