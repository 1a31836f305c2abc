import { readdir } from 'node:fs/promises';
import t from 'tap';
import { benchMachine, benchReadyText } from '../fixtures/bench-machine.ts';
import type { RecordingNotice } from '../index.ts';

t.test(
  'in a run that is recorded a machine can be gone on from, and its forks are not recorded',
  async (t) => {
    const notices: RecordingNotice[] = [];
    const { machine, remove } = await benchMachine(
      { checkpoints: true },
      { record: true, observer: { onRecording: (_, notice) => notices.push(notice) } },
    );
    t.teardown(remove);
    await using _machine = machine;
    const running = await machine.powerOn();
    await running.console.expect(benchReadyText);
    await running.console.run('echo 4711 >/number');
    await using checkpoint = await running.checkpoint();
    await using fork = await checkpoint.fork({ name: 'fork' });
    t.equal((await fork.running.console.run('cat /number')).output, '4711\n');
    t.notOk((await readdir(fork.machine.folder)).some((name) => name.includes('recording')));
    t.match(notices, [{ kind: 'not-recorded', because: /checkpoints/ }]);
  },
);
