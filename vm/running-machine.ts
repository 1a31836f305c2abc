import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Deadline, runTool } from '../foundation/index.ts';
import { againHere } from './console/again-here.ts';
import type { ConsoleAttachServer } from './console/attach-server.ts';
import { LogStream } from './console/log-stream.ts';
import { SerialConsole } from './console/serial-console.ts';
import { vmErrors } from './errors.ts';
import { hostPortOf } from './forwarded-port.ts';
import { type GuestRequest, type GuestResponse, requestFromGuest } from './guest-request.ts';
import { LineTicker } from './line-ticker.ts';
import type { Machine, SerialPort } from './machine.ts';
import { endReason, type MachineEnd, stallOf } from './machine-end.ts';
import { serialChardev } from './qemu-arguments.ts';
import { type QemuProcess, startQemu } from './qemu-process.ts';
import { QmpClient, type QmpEvent } from './qmp-client.ts';
import { listenOnce } from './socket-listener.ts';
import { forgetTranslatedCode } from './translated-code.ts';

interface Places {
  qmpSocketPath: string;
  /** For the moment in which a restart is made quick. */
  debuggerSocketPath: string;
  /** Named pipes for what is typed, in the order of the ports. */
  inputPipePaths: readonly string[];
  ports: readonly SerialPort[];
  /** Where people look at the console. */
  attach: ConsoleAttachServer;
}

const startTimeoutMs = 15_000;
const defaultPowerOffTimeoutMs = 60_000;

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
  try {
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
    const running = new RunningMachine(machine, qemu, qmp, places, streams);
    await Promise.race([attachPorts(qmp, places, deadline), ended]);
    await prepared;
    await qmp.execute('cont');
    machine.context.observer?.onPower?.(machine.name, 'on', qemu.pid);
    return running;
  } catch (error) {
    await qemu?.kill();
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

/** A machine that is on. What it has, a machine that is off has not (style 9). */
export class RunningMachine {
  readonly name: string;
  readonly pid: number;
  /** @internal */
  readonly qmp: QmpClient;
  /** ttyS0. */
  readonly console: SerialConsole;
  /** Resolves when the machine is off, however that came, and nothing of it is left. */
  readonly ended: Promise<MachineEnd>;
  readonly #machine: Machine;
  readonly #qemu: QemuProcess;
  readonly #streams: readonly LogStream[];
  readonly #consoles: ReadonlyMap<string, SerialConsole>;
  #events: QmpEvent[] = [];
  readonly #debuggerSocketPath: string;
  #quickening: Promise<void> | undefined;
  #asked: 'cut' | undefined;
  #isOn = true;

  constructor(
    machine: Machine,
    qemu: QemuProcess,
    qmp: QmpClient,
    { ports, attach, debuggerSocketPath }: Omit<Places, 'qmpSocketPath' | 'inputPipePaths'>,
    streams: readonly LogStream[],
  ) {
    this.name = machine.name;
    this.pid = qemu.pid;
    this.qmp = qmp;
    this.#machine = machine;
    this.#qemu = qemu;
    this.#streams = streams;
    this.#debuggerSocketPath = debuggerSocketPath;
    qmp.on('event', (event) => this.#onQmpEvent(event));
    this.ended = this.#whenEnded();
    this.#consoles = new Map(
      ports.map((port, index) => [port.name, this.#attach(port, streams[index]!, attach)]),
    );
    this.console = this.#consoles.get('console')!;
    attach.show(this.console);
  }

  /** Whether it is on still; a guest can switch it off at any time. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /** What QEMU has reported since power on, oldest first. */
  get qmpEvents(): readonly QmpEvent[] {
    return this.#events;
  }

  /** A serial port by its name in the declaration. @throws VM_SPEC_INVALID when there is none of that name. */
  serialPort(name: string): SerialConsole {
    const port = this.#consoles.get(name);
    if (port) return port;
    throw vmErrors.VM_SPEC_INVALID({
      tried: `use the serial port ${JSON.stringify(name)} of machine ${this.name}`,
      expected: [...this.#consoles.keys()].join(' or '),
    });
  }

  /** Presses the power button (ACPI); what the guest does then is up to it. @throws VM_MACHINE_OFF */
  async pressPowerButton(): Promise<void> {
    this.#noteAction('button');
    await this.qmp.execute('system_powerdown');
  }

  /** Presses the reset button: it starts anew, its disks as they are at this instant. @throws VM_MACHINE_OFF */
  async reset(): Promise<void> {
    this.#noteAction('reset');
    await this.qmp.execute('system_reset');
  }

  /**
   * Pulls the plug: QEMU is killed. What the guest has written by then is on the disk, flushed or not; a cut that
   * loses writes is made from a write log (design 7).
   * @throws VM_MACHINE_OFF
   */
  async cut(): Promise<void> {
    this.#asked = 'cut';
    this.#noteAction('cut');
    await this.#qemu.kill();
    await this.ended;
  }

  /**
   * Waits until the guest has switched the machine off.
   *
   * @param timeoutMs Milliseconds, before the time-out scale.
   * @throws VM_POWER_OFF_TIMEOUT, VM_QEMU_DIED.
   */
  async waitForPowerOff({ timeoutMs = defaultPowerOffTimeoutMs } = {}): Promise<void> {
    const limitMs = timeoutMs * (this.#machine.context.timeoutScale ?? 1);
    const late = () =>
      vmErrors.VM_POWER_OFF_TIMEOUT({
        tried: `wait until machine ${this.name} is off`,
        expected: `that within ${limitMs / 1000} s`,
        got: `it runs; its last lines:\n${this.console.tail(15).join('\n')}`,
      });
    const end = await Deadline.after(limitMs).race(this.ended, 'power off', late);
    if (end.how === 'died') throw againHere(end.error);
  }

  /**
   * Sends an HTTP request to a port of the guest that `forwardTcpPorts` of its network chip names.
   *
   * @returns the answer, whatever its status.
   * @throws VM_SERVICE_UNREACHABLE when no complete answer comes in time, VM_SPEC_INVALID when the port is not
   * forwarded.
   * @example
   * const { status, text } = await running.request('/health', { port: 8080, timeoutMs: 5_000 });
   */
  async request(path: string, request: GuestRequest = {}): Promise<GuestResponse> {
    const timeoutScale = this.#machine.context.timeoutScale ?? 1;
    const port = await this.hostPort(request.port ?? 80);
    return await requestFromGuest(this.name, port, path, request, timeoutScale);
  }

  /** The host's TCP port behind which a forwarded port of the guest is. @throws VM_SPEC_INVALID */
  async hostPort(guestPort: number): Promise<number> {
    return hostPortOf(await this.qmp.monitor('info usernet'), guestPort, this.name);
  }

  #attach(port: SerialPort, stream: LogStream, attach: ConsoleAttachServer): SerialConsole {
    const { observer, timeoutScale } = this.#machine.context;
    const ticker = new LineTicker((line) => observer?.onConsoleLine?.(this.name, port.name, line));
    const console = new SerialConsole(stream, {
      name: `${port.name} of machine ${this.name}`,
      recorder: port.recorder,
      redactor: this.#machine.redactor,
      ...(timeoutScale === undefined ? {} : { timeoutScale }),
      beforeSecret: (secret) => this.#machine.keepSecret(secret),
      diagnose: async () => {
        await this.#quickening;
        return await stallOf(this.qmp, this.name);
      },
      closedBecause: async () => (await this.ended).error,
      onText: (text) => {
        ticker.tick(() => console.lastLine);
        if (port.name === 'console') attach.broadcast(text);
      },
      onSign: (sign) => observer?.onConsoleSign?.(this.name, port.name, sign),
      onMatch: ({ expected, view }) => observer?.onConsoleMatch?.(this.name, port.name, expected, view),
    });
    port.recorder.marker('power on');
    port.recorder.onFailure = (error) => console.end(error);
    return console;
  }

  #onQmpEvent(event: QmpEvent): void {
    // The stop of a few milliseconds in #quicken is ours and no event of the machine.
    if (this.#quickening && (event.event === 'STOP' || event.event === 'RESUME')) return;
    this.#events.push(event);
    this.#machine.context.observer?.onQmpEvent?.(this.name, event);
    if (event.event === 'RESET') this.#onReset();
    // A host without space stops the machine: no wait on it can come to a good end.
    if (event.event !== 'BLOCK_IO_ERROR' || event.data.action !== 'stop') return;
    void stallOf(this.qmp, this.name, event).then((error) => {
      if (error) for (const console of this.#consoles.values()) console.end(error);
    });
  }

  #onReset(): void {
    for (const console of this.#consoles.values()) console.guestRestarted();
    if (this.#machine.context.accelerator !== 'tcg' || this.#quickening) return;
    this.#quickening = forgetTranslatedCode(this.qmp, this.#debuggerSocketPath)
      // Without it the restart is slower, and nothing else: a machine that is off by now says so itself.
      .catch(() => undefined)
      .finally(() => {
        this.#quickening = undefined;
      });
  }

  async #whenEnded(): Promise<MachineEnd> {
    const exit = await this.#qemu.exited;
    await Promise.all(this.#streams.map((stream) => stream.finish()));
    this.#isOn = false;
    const end = await endReason(this.name, {
      exit,
      askedToCut: this.#asked === 'cut',
      events: this.#events,
      printed: () => this.#qemu.printed(),
    });
    if (end.how !== 'cut') this.#machine.context.observer?.onPower?.(this.name, end.how);
    return end;
  }

  #noteAction(action: 'button' | 'reset' | 'cut'): void {
    if (!this.#isOn) throw vmErrors.VM_MACHINE_OFF({ tried: `${action} machine ${this.name}` });
    this.#machine.context.observer?.onPower?.(this.name, action);
  }
}

async function rejectOnExit(machine: Machine, qemu: QemuProcess): Promise<never> {
  const exit = await qemu.exited;
  throw vmErrors.VM_QEMU_NOT_STARTED({
    tried: `start QEMU for machine ${machine.name}`,
    got: `${exit.signal ?? `exit code ${exit.exitCode}`}: ${await qemu.printed()}`,
  });
}
