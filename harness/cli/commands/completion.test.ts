import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import t from 'tap';
import { makePlace, type Place } from '../../../tests/command-line.ts';
import { root } from '../../../tests/source-files.ts';
import { spawnOnPty } from '../../../vm/console/fixtures/pty-stream.ts';
import { SerialConsole } from '../../../vm/index.ts';

const scenarios = `
scenario('gateway-starts', { summary: 'it: starts', tags: ['quick'] }, () => {});
scenario('gateway-stops', { summary: 'it stops' }, () => {});
`;

/** In a shell that finds this checkout's assay as `assay`. */
function environment(place: Place): Record<string, string> {
  return {
    ...(process.env as Record<string, string>),
    PATH: `${root}:${process.env.PATH}`,
    XDG_RUNTIME_DIR: place.sessionFolder,
  };
}

t.test('bash completes', async (t) => {
  await using place = await makePlace({ 'a.ts': scenarios });
  const ask = async (...words: string[]) => {
    const script = `source <(assay completion bash); COMP_WORDS=(assay "$@"); COMP_CWORD=$#; _assay; printf '%s\\n' "\${COMPREPLY[@]}"; complete -p assay`;
    const options = { cwd: place.folder, env: environment(place) };
    const { stdout } = await promisify(execFile)('bash', ['--norc', '-c', script, 'bash', ...words], options);
    return stdout.split('\n');
  };
  t.match(await ask('run', 'gateway-sto'), ['gateway-stops', / -F _assay assay$/]);
  t.match(await ask('run', '--pause'), ['--pause-on-failure']);
  t.match(await ask('list', '--scenarios', 'nowhere', ''), [''], 'no folder, no names, no error');
});

t.test('fish completes, with descriptions', async (t) => {
  await using place = await makePlace({ 'a.ts': scenarios });
  const script = `assay completion fish | source; complete -C 'assay run gateway-sta'; complete -C 'assay list --gr'`;
  const options = { cwd: place.folder, env: environment(place) };
  const { stdout } = await promisify(execFile)('fish', ['--no-config', '-c', script], options);
  t.match(stdout, /^gateway-starts\tit: starts\n--grep\ta regular expression/);
});

t.test('zsh completes what is typed at its prompt', async (t) => {
  await using place = await makePlace({ 'a.ts': scenarios });
  const terminal = spawnOnPty('zsh', ['-f'], environment(place));
  t.teardown(() => terminal.destroy());
  const person = new SerialConsole(terminal, { name: 'terminal of the person' });
  const ceiling = { timeoutMs: 60_000 };
  await person.sendLine(`cd ${place.folder}; autoload -U compinit; compinit -u -D; PS1='zsh''> '`);
  await person.expect('zsh> ', ceiling);
  await person.sendLine('source <(assay completion zsh); echo it is sour""ced');
  await person.expect('it is sourced', ceiling);
  await person.send('assay list gateway-sto\t');
  await person.expect('gateway-stops ', ceiling);
  await person.send('\r');
  await person.expect('it stops', ceiling);
  await person.sendLine('exit');
  await terminal.exited;
  t.pass('the name was completed, and the command ran');
});

t.test('a shell that is not known is wrong use', async (t) => {
  await using place = await makePlace();
  const { exitCode, stderr } = await place.assay(['completion', 'fisch']);
  t.equal(exitCode, 2);
  t.match(stderr, 'did you mean fish?');
});
