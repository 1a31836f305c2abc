import t from 'tap';
import { benchMachine } from './fixtures/bench-machine.ts';
import type { RecordingNotice } from './index.ts';

t.test('a machine that does not start is not being recorded any more, and that is said', async (t) => {
  const notices: RecordingNotice[] = [];
  const { machine, remove } = await benchMachine(
    {},
    {
      ...{ record: true, qemuProgram: '/bin/false' },
      observer: { onRecording: (_, notice) => notices.push(notice) },
    },
  );
  t.teardown(remove);
  await using _machine = machine;
  await t.rejects(machine.powerOn(), { code: 'VM_QEMU_NOT_STARTED' });
  t.match(notices, [{ kind: 'not-recorded', powerOn: 1 }]);
  t.notOk(machine.recordings.isOn);
});
