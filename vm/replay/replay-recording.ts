import { copyFile, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Deadline } from '../../foundation/index.ts';
import { vmErrors } from '../errors.ts';
import { type QemuProcess, startQemu } from '../qemu-process.ts';
import { QmpClient } from '../qmp-client.ts';
import { listenOnce } from '../socket-listener.ts';
import { emptyWriteLog } from '../write-log/write-log-format.ts';
import { checkRecording } from './check-recording.ts';
import { replayCommandLine } from './command-line.ts';
import type { DiskFile } from './kept-start.ts';
import { type Recording, readRecording } from './recording-file.ts';
import { replayInAttempts } from './replay-attempts.ts';
import { makeReplayDisks } from './replay-disks.ts';
import { type ReplayOptions, type ReplayOutcome, RunningReplay } from './running-replay.ts';

const startTimeoutMs = 15_000;

/**
 * Replays a power-on of a machine and compares it, as it goes and at its end: what its serial ports print, its disks, the
 * logs of their writes. What was recorded is only read. Where it stands still at something that was done to the machine, it
 * begins anew by itself.
 *
 * @param folder The recording's.
 * @throws VM_RECORDING_UNREADABLE, VM_RECORDING_CHANGED, VM_QEMU_NOT_STARTED, and what a command of QMP throws.
 */
export async function replayRecording(folder: string, options: ReplayOptions): Promise<ReplayOutcome> {
  const recording = await readRecording(folder);
  await checkRecording(folder, recording);
  let attempts = 0;
  return await replayInAttempts(recording, options, async (placed) => {
    if (attempts++ > 0) await emptyFolder(options.scratchFolder);
    return await replayOnce(folder, placed, options);
  });
}

async function replayOnce(
  folder: string,
  recording: Recording,
  options: ReplayOptions,
): Promise<ReplayOutcome> {
  const { scratchFolder, debuggerPort, timeoutScale = 1 } = options;
  const disks = await makeReplayDisks(folder, recording, scratchFolder);
  await makeEmptyLogs(recording, scratchFolder);
  const variables = recording.files['uefi-variables'];
  if (variables) await copyFile(join(folder, variables.path), join(scratchFolder, basename(variables.path)));
  const qmpSocketPath = join(scratchFolder, 'qmp.sock');
  const commandLine = replayCommandLine(recording.commandLine, {
    executionPath: join(folder, recording.execution.path),
    ...{ qmpSocketPath, scratchFolder },
    diskNodes: new Map(disks.map((disk) => [disk.name, diskNode(disk)])),
    ...(debuggerPort === undefined ? {} : { debuggerPort }),
  });
  await using cleanups = new AsyncDisposableStack();
  const listener = await listenOnce(qmpSocketPath);
  cleanups.defer(() => listener.close());
  const qemu = await startQemu('qemu-system-x86_64', commandLine, join(scratchFolder, 'qemu.log'));
  cleanups.defer(() => qemu.kill());
  const deadline = Deadline.after(startTimeoutMs * timeoutScale);
  const connected = Promise.race([listener.connected, notStarted(qemu, recording.machine)]);
  const qmp = new QmpClient(await deadline.race(connected, 'start QEMU for a replay'), timeoutScale);
  await qmp.negotiate(deadline);
  return await new RunningReplay({ folder, recording, disks, qemu, qmp }, options).run();
}

/** What an attempt before has left there. */
async function emptyFolder(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true });
}

function diskNode({ isOverlay, path: filename }: DiskFile): object {
  if (!isOverlay) return { driver: 'file', filename, discard: 'unmap' };
  return { driver: 'qcow2', discard: 'unmap', file: { driver: 'file', filename } };
}

async function makeEmptyLogs({ disks, serialPorts }: Recording, folder: string): Promise<void> {
  for (const { path } of serialPorts) await writeFile(join(folder, path), '');
  for (const { writeLog } of disks) {
    if (writeLog) await writeFile(join(folder, basename(writeLog.path)), emptyWriteLog());
  }
}

async function notStarted(qemu: QemuProcess, machine: string): Promise<never> {
  const { exitCode, signal } = await qemu.exited;
  throw vmErrors.VM_QEMU_NOT_STARTED({
    tried: `start QEMU for a replay of machine ${machine}`,
    got: `${signal ?? `exit code ${exitCode}`}: ${await qemu.printed()}`,
  });
}
