import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Deadline, runTool } from '../foundation/index.ts';
import type { ConsoleAttachServer } from './console/attach-server.ts';
import { LogStream } from './console/log-stream.ts';
import { vmErrors } from './errors.ts';
import { type GuestService, GuestServices } from './guest-services.ts';
import type { Machine, SerialPort } from './machine.ts';
import { serialChardev } from './qemu-arguments.ts';
import { type QemuProcess, startQemu } from './qemu-process.ts';
import { QmpClient } from './qmp-client.ts';
import { RunningMachine } from './running-machine.ts';
import { listenOnce } from './socket-listener.ts';
import { ThinkingPause } from './virtual-time/thinking-pause.ts';

interface Places {
  qmpSocketPath: string;
  /** For the moment in which a restart is made quick. */
  debuggerSocketPath: string;
  /** Named pipes for what is typed, in the order of the ports. */
  inputPipePaths: readonly string[];
  ports: readonly SerialPort[];
  /** Where people look at the console. */
  attach: ConsoleAttachServer;
  services: readonly GuestService[];
}

const startTimeoutMs = 15_000;

/** Starts QEMU for a machine and attaches to its monitor and its serial ports; for {@link Machine.powerOn} only. */
export async function startRunningMachine(
  machine: Machine,
  commandLine: readonly string[],
  places: Places,
): Promise<RunningMachine> {
  const timeoutScale = machine.context.timeoutScale ?? 1;
  const deadline = Deadline.after(startTimeoutMs * timeoutScale);
  const qemuLogPath = join(machine.folder, 'qemu.log');
  await using attachments = new AsyncDisposableStack();
  const prepared = machine.context.observer?.beforeFirstInstruction?.(machine.name);
  // What fails there is heard when it is awaited; until then it is nobody's.
  prepared?.catch(() => undefined);
  let qemu: QemuProcess | undefined;
  let services: GuestServices | undefined;
  try {
    services = await GuestServices.listen(places.services);
    await machine.interceptedDisks.powerOn();
    const streams = await openSerialStreams(places, attachments);
    const listener = await listenOnce(places.qmpSocketPath);
    attachments.defer(() => listener.close());
    qemu = await startQemu(machine.context.qemuProgram ?? 'qemu-system-x86_64', commandLine, qemuLogPath);
    const ended = rejectOnExit(machine, qemu);
    const qmpSocket = await deadline.race(
      Promise.race([listener.connected, ended]),
      `start QEMU for machine ${machine.name}`,
    );
    const qmp = new QmpClient(qmpSocket, timeoutScale);
    const running = new RunningMachine(machine, { ...places, qemu, qmp, streams, services });
    const isRecorded = machine.recordings.isOn;
    await Promise.race([attachPorts(qmp, isRecorded ? { ...places, ports: [] } : places, deadline), ended]);
    await machine.recordings.attach(qmp, streams);
    if (machine.hardware.virtualTime) new ThinkingPause(qmp, streams);
    await machine.checkpoints.resume(qmp);
    await prepared;
    await machine.companions.beforeFirstInstruction(running);
    await qmp.execute('cont');
    machine.context.observer?.onPower?.(machine.name, 'on', qemu.pid);
    return running;
  } catch (error) {
    await qemu?.kill();
    await services?.close();
    await machine.poweredOff();
    // QEMU closes its connections before it is gone: its end is the reason, the closed connection only a sign.
    if (qemu && (error as { code?: string }).code === 'VM_MACHINE_OFF') await rejectOnExit(machine, qemu);
    throw error;
  }
}

/** Opens every port's stream before there is a QEMU; the names of the pipes go once QEMU has opened them. */
async function openSerialStreams(
  { ports, inputPipePaths }: Places,
  attachments: AsyncDisposableStack,
): Promise<LogStream[]> {
  for (const path of inputPipePaths) await rm(path, { force: true });
  await runTool('mkfifo', ['-m', '600', ...inputPipePaths]);
  attachments.defer(async () => {
    for (const path of inputPipePaths) await rm(path, { force: true });
  });
  return await Promise.all(ports.map((port, index) => LogStream.open(port.logPath, inputPipePaths[index]!)));
}

/** Attaches the serial ports to their logs and pipes. */
async function attachPorts(
  qmp: QmpClient,
  { ports, inputPipePaths }: Places,
  deadline: Deadline,
): Promise<void> {
  await qmp.negotiate(deadline);
  for (const [index, port] of ports.entries()) {
    const data = { out: port.logPath, append: true, in: inputPipePaths[index] };
    await qmp.execute('chardev-change', { id: serialChardev(index), backend: { type: 'file', data } });
  }
}

async function rejectOnExit(machine: Machine, qemu: QemuProcess): Promise<never> {
  const exit = await qemu.exited;
  throw vmErrors.VM_QEMU_NOT_STARTED({
    tried: `start QEMU for machine ${machine.name}`,
    got: `${exit.signal ?? `exit code ${exit.exitCode}`}: ${await qemu.printed()}`,
  });
}
