import { EventEmitter } from 'node:events';
import t from 'tap';
import type { QemuProcess } from '../qemu-process.ts';
import type { QmpClient } from '../qmp-client.ts';
import type { Recording } from './recording-file.ts';
import { RunningReplay } from './running-replay.ts';

/** QEMU that is at an instruction, going on. */
class FakeQmp extends EventEmitter {
  async execute(name: string): Promise<unknown> {
    if (name === 'query-replay') return { icount: 78 };
    if (name === 'query-chardev') return [];
    return { status: 'running' };
  }
}

t.test('a debugger that goes on before the button was pressed is told so', async (t) => {
  const folder = t.testdir({ 'console.log': '', scratch: { 'console.log': '' } });
  const file = { path: 'console.log', sizeBytes: 0, digest: '' };
  const recording = {
    serialPorts: [{ name: 'console', ...file }],
    actions: [{ instruction: 77, execute: 'system_powerdown' }],
  } as unknown as Recording;
  const parts = {
    ...{ folder, recording, disks: [] },
    qemu: { exited: new Promise(() => undefined) } as unknown as QemuProcess,
    qmp: new FakeQmp() as unknown as QmpClient,
  };
  const options = { scratchFolder: `${folder}/scratch`, debuggerPort: 1 };
  const outcome = await new RunningReplay(parts, options).run();
  t.match(outcome, { kind: 'diverged', what: 'the debugger', got: /instruction 77 before system_powerdown/ });
});
