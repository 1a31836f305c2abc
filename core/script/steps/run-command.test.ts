import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { fakeContext } from './fixtures/fake-context.ts';
import { runCommand } from './run-command.ts';
import { writeLog } from './write-log.ts';

const code = 'SCRIPT_PROGRAM_FAILED';

t.test('what a command prints is told line by line, in the folder of the script', async (t) => {
  const scriptFolder = realpathSync(t.testdir({}));
  const context = fakeContext({ scriptFolder });
  const command = 'pwd\necho error >&2; sleep 0.1; printf "a\\r\\nno end"';
  t.same(await runCommand.run({ command, expectExit: 0 }, context), { exitCode: 0 });
  t.same(context.lines.toSorted(), [scriptFolder, 'error', 'a', 'no end'].toSorted());
});

t.test('another exit code than the expected one is a failure, with the last lines', async (t) => {
  const context = fakeContext({ scriptFolder: t.testdir({}) });
  const run = (command: string, expectExit = 0) => runCommand.run({ command, expectExit }, context);
  t.same(await run('exit 3', 3), { exitCode: 3 });
  await t.rejects(run('seq 12; exit 3'), { code, facts: { got: /^exit code 3\n +3\n( +\d+\n)+ +12$/ } });
  await t.rejects(run('true', 1), { code, facts: { expected: 'exit code 1', got: 'exit code 0' } });
  await t.rejects(run('kill -KILL $$'), { code, facts: { got: 'SIGKILL' } });
});

t.test('a step that is given up ends with all that it has started', async (t) => {
  const folder = t.testdir({});
  const given = new AbortController();
  const context = fakeContext({ scriptFolder: folder, signal: given.signal });
  const line = Promise.withResolvers<void>();
  context.log = () => line.resolve();
  const command = '(trap "" TERM; echo started; sleep 3; touch late) & wait';
  const done = runCommand.run({ command, expectExit: 0 }, context);
  await line.promise;
  given.abort(new Error('given up'));
  await t.rejects(done, { message: 'given up' });
  await new Promise((resolve) => setTimeout(resolve, 3200));
  t.notOk(existsSync(join(folder, 'late')));
});

t.test('a service that goes on in the background does not hold the step', async (t) => {
  const context = fakeContext({ scriptFolder: t.testdir({}) });
  t.same(await runCommand.run({ command: 'sleep 5 & echo $!', expectExit: 0 }, context), { exitCode: 0 });
  const pid = Number(context.lines[0]);
  t.ok(process.kill(pid, 0), 'it still runs');
  process.kill(pid);
});

t.test('log says each line', async (t) => {
  const context = fakeContext();
  await writeLog.run({ text: 'one\ntwo\n' }, context);
  t.same(context.lines, ['one', 'two']);
});
