import { EventEmitter } from 'node:events';
import t from 'tap';
import type { LogStream } from '../console/log-stream.ts';
import type { QmpClient } from '../qmp-client.ts';
import { ThinkingPause } from './thinking-pause.ts';

/** A QEMU that takes note of its commands, and the console of a guest whose harness waits and thinks. */
function pausedGuest() {
  const commands: string[] = [];
  const qmp = {
    executeAtOnce: async (name: string) => void commands.push(name),
  } as unknown as QmpClient;
  const console = new EventEmitter() as unknown as LogStream;
  new ThinkingPause(qmp, [console]);
  return {
    commands,
    execute: async (name: string) =>
      await qmp.around!(name, undefined, async () => void commands.push(`${name}!`)),
    waits: (isWaiting: boolean) => console.emit('waiting', isWaiting),
  };
}

t.test('a guest stands from the end of a wait to the next one, or to the next command', async (t) => {
  const { commands, execute, waits } = pausedGuest();
  waits(true);
  waits(false);
  t.same(commands, ['stop']);
  waits(true);
  t.same(commands, ['stop', 'cont']);
  waits(false);
  await execute('query-status');
  t.same(commands, ['stop', 'cont', 'stop', 'cont', 'query-status!']);
});

t.test('a guest that somebody else has stopped is left alone until they let it go on', async (t) => {
  const { commands, execute, waits } = pausedGuest();
  waits(true);
  await execute('stop');
  waits(false);
  await execute('migrate');
  waits(true);
  t.same(commands, ['stop!', 'migrate!'], 'it does not run while its state is saved');
  await execute('cont');
  waits(false);
  t.same(commands, ['stop!', 'migrate!', 'cont!', 'stop']);
});
