import { EventEmitter, once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { Deadline } from '../../foundation/index.ts';
import { DebuggerStub } from '../debugger-stub.ts';
import { createMachine, type RecordingNotice } from '../index.ts';
import { resolveMachineSpec } from '../machine-spec.ts';
import { contentDigest } from './content-digest.ts';
import { makeTypingDisk } from './fixtures/typing-disk.ts';
import { notRecordable } from './not-recordable.ts';
import { readRecording, writeRecording } from './recording-file.ts';
import { replayRecording } from './replay-recording.ts';
import type { ReplayOptions } from './running-replay.ts';

const timeoutScale = 5;

/** A machine that waits for what is typed, and its recordings: of a guest that switched it off, and of a power cut. */
async function recorded(t: Test) {
  // Not in the test's own folder, whose path grows with the clone's: sockets have short paths.
  const folder = await mkdtemp(join(tmpdir(), 'replay-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const imagePath = join(folder, 'image.raw');
  await makeTypingDisk(imagePath);
  const notices: RecordingNotice[] = [];
  const observer = { onRecording: (_machine: string, notice: RecordingNotice) => notices.push(notice) };
  const places = { workFolder: folder, runtimeFolder: folder };
  await using machine = await createMachine(
    { name: 'typed', memoryMiB: 64, disks: [{ name: 'system', path: imagePath, writeLog: true }] },
    { ...places, accelerator: 'tcg', timeoutScale, record: true, observer },
  );
  const first = await machine.powerOn();
  await first.console.expect('TYPE');
  await first.reset();
  await first.console.expect('TYPE');
  await first.console.send('all of these are typed.');
  await first.console.expect('WRITTEN');
  await first.console.send('x');
  await first.waitForPowerOff();
  const second = await machine.powerOn();
  await second.console.expect('TYPE');
  await second.console.send('cut.');
  await second.console.expect('WRITTEN');
  await second.cut();
  return { folder: machine.folder, notices };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

t.test('a recorded machine', async (t) => {
  const { folder, notices } = await recorded(t);
  t.match(notices, [
    { kind: 'recorded', powerOn: 1, folder: join(folder, 'recording-1') },
    { kind: 'recorded', powerOn: 2 },
  ]);
  const replayed = async (name: string, options: Partial<ReplayOptions> = {}) => {
    const scratchFolder = join(folder, `replay-of-${name}`);
    await mkdir(scratchFolder, { recursive: true });
    return await replayRecording(join(folder, name), { scratchFolder, timeoutScale, ...options });
  };

  await t.test('is replayed exactly, also from a disk that was written before', async (t) => {
    const log = await readFile(join(folder, 'recording-1/console.log'), 'utf8');
    t.match(log, 'all of these are typed.\nWRITTEN');
    const expected = { kind: 'exact', compared: [/console/, 'disk system', 'write log of disk system'] };
    t.match(await replayed('recording-1'), { ...expected, consoleBytes: log.length });
    t.match(await replayed('recording-2'), expected);
  });

  await t.test('is replayed up to an instruction', async (t) => {
    const { actions } = await readRecording(join(folder, 'recording-1'));
    const untilInstruction = actions[0]!.instruction - 1000;
    const outcome = await replayed('recording-1', { untilInstruction });
    t.match(outcome, { kind: 'exact-so-far', instruction: untilInstruction, because: /no more/ });
  });

  for (const { how, distance, commands } of [
    { how: 'that continues', distance: 1000, commands: ['s', 'c'] },
    { how: 'that steps there', distance: 2, commands: ['s', 's'] },
  ]) {
    await t.test(`is given to a debugger ${how}, again where something was done to it`, async (t) => {
      const { actions } = await readRecording(join(folder, 'recording-1'));
      const instruction = actions[0]!.instruction;
      const debuggerPort = await freePort();
      const given = new EventEmitter<{ given: [number, readonly string[]] }>();
      const atStart = once(given, 'given');
      const outcome = replayed('recording-1', {
        ...{ debuggerPort, untilInstruction: instruction - distance },
        onDebugger: (progress, repeated) => given.emit('given', progress.instruction, repeated),
      });
      t.same(await atStart, [instruction - distance, []]);
      const socket = connect(debuggerPort, '127.0.0.1');
      await once(socket, 'connect');
      const stub = new DebuggerStub(socket, Deadline.after(120_000));
      const atReset = once(given, 'given');
      for (const command of commands) await stub.ask(command, /^T/);
      t.same(await atReset, [instruction, ['system_reset']], 'who stopped it is told');
      await stub.ask('D', /^OK/);
      socket.destroy();
      t.match(await outcome, { kind: 'exact' });
    });
  }

  await t.test(
    'whose disk was changed is refused, and is another one where that is covered up',
    async (t) => {
      const path = join(folder, 'recording-1/system.raw');
      const disk = await readFile(path);
      disk.write('TYPO', disk.indexOf('TYPE'));
      await writeFile(path, disk);
      await t.rejects(replayed('recording-1'), { code: 'VM_RECORDING_CHANGED', message: /system\.raw/ });
      const recording = await readRecording(join(folder, 'recording-1'));
      recording.disks[0]!.start.digest = await contentDigest(path);
      await writeRecording(join(folder, 'recording-1'), recording);
      const difference = { what: /port console, byte \d+/, expected: /TYPE/, got: /TYPO/ };
      t.match(await replayed('recording-1'), { kind: 'diverged', ...difference });
    },
  );
});

t.test('not recordable', async (t) => {
  // Not in the test's own folder, whose path grows with the clone's: sockets have short paths.
  const folder = await mkdtemp(join(tmpdir(), 'replay-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const imagePath = join(folder, 'image.raw');
  await makeTypingDisk(imagePath);
  const disk = { name: 'system', path: imagePath };
  for (const [more, because] of [
    [{ cpus: 2, disks: [disk] }, /2 processors/],
    [{ disks: [{ ...disk, intercepted: true }] }, /disk system pass through Assay/],
    [{ disks: [disk], virtualTime: true }, /virtual/],
    [{ disks: [disk], checkpoints: true }, /checkpoints/],
  ] as const) {
    const spec = { name: 'typed', memoryMiB: 64, ...more, disks: [...more.disks] };
    t.match(notRecordable(resolveMachineSpec(spec)), because);
  }
  const notices: RecordingNotice[] = [];
  const observer = { onRecording: (_machine: string, notice: RecordingNotice) => notices.push(notice) };
  const places = { workFolder: folder, runtimeFolder: folder };
  await using machine = await createMachine(
    { name: 'typed', memoryMiB: 64, cpus: 2, disks: [disk] },
    { ...places, accelerator: 'tcg', timeoutScale, record: true, observer },
  );
  const running = await machine.powerOn();
  await running.console.expect('TYPE');
  await running.cut();
  t.match(notices, [{ kind: 'not-recorded', powerOn: 1, because: /2 processors/ }]);
  await t.rejects(readRecording(join(machine.folder, 'recording-1')), { code: 'VM_RECORDING_UNREADABLE' });
});
