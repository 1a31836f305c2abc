import { Deadline } from '../foundation/index.ts';
import { type BrokenGuest, breakGuest } from './break-guest.ts';
import type { Checkpoint } from './checkpoint/checkpoint.ts';
import type { KeptState } from './checkpoint/kept-state.ts';
import { againHere } from './console/again-here.ts';
import type { ConsoleAttachServer } from './console/attach-server.ts';
import type { LogStream } from './console/log-stream.ts';
import { SerialConsole } from './console/serial-console.ts';
import { vmErrors } from './errors.ts';
import { hostPortOf } from './forwarded-port.ts';
import { type GuestRequest, type GuestResponse, requestFromGuest } from './guest-request.ts';
import type { GuestServices } from './guest-services.ts';
import { hostExcuse } from './host-excuse.ts';
import type { LoseUnflushed, LostWrites } from './intercepted-disk/lose-unflushed.ts';
import { LineTicker } from './line-ticker.ts';
import type { Machine, SerialPort } from './machine.ts';
import { endReason, type MachineEnd, stallOf } from './machine-end.ts';
import { MachineStrain } from './machine-strain.ts';
import type { QemuProcess } from './qemu-process.ts';
import type { QmpClient, QmpEvent } from './qmp-client.ts';
import type { ActiveServiceImpairment, ServiceImpairment } from './service-impairment.ts';
import { forgetTranslatedCode } from './translated-code.ts';

const defaultPowerOffTimeoutMs = 60_000;

/** What a machine consists of while it is on. */
interface RunningParts {
  qemu: QemuProcess;
  qmp: QmpClient;
  ports: readonly SerialPort[];
  /** One for each port. */
  streams: readonly LogStream[];
  attach: ConsoleAttachServer;
  debuggerSocketPath: string;
  services: GuestServices;
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
  readonly #services: GuestServices;
  readonly #strain: MachineStrain;
  readonly #debuggerSocketPath: string;
  #quickening: Promise<void> | undefined;
  #asked: 'cut' | undefined;
  #isOn = true;

  constructor(
    machine: Machine,
    { qemu, qmp, ports, streams, attach, debuggerSocketPath, services }: RunningParts,
  ) {
    this.name = machine.name;
    this.pid = qemu.pid;
    this.qmp = qmp;
    this.#machine = machine;
    this.#qemu = qemu;
    this.#streams = streams;
    this.#services = services;
    this.#strain = new MachineStrain(qemu.pid, machine);
    this.#debuggerSocketPath = debuggerSocketPath;
    qmp.on('event', (event) => this.#onQmpEvent(event));
    this.ended = this.#whenEnded();
    machine.interceptedDisks.onHostFailure = (error) => {
      for (const console of this.#consoles.values()) console.end(error);
    };
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

  /**
   * How many bytes the write log of a disk has now. What the guest has acknowledged by now, on its console for example,
   * is before that: every power cut after this place has to keep it (docs/explorer.md).
   *
   * @throws VM_SPEC_INVALID when the disk has no write log.
   */
  async writeLogPosition(disk: string): Promise<number> {
    return await this.#machine.writeLogs.position(disk);
  }

  /**
   * Keeps the machine as it is at this moment, to be gone on from many times with `fork`; the machine itself is off
   * then. It has to be declared with `checkpoints: true`. What somebody waits for on it ends with VM_MACHINE_OFF.
   *
   * @throws VM_SPEC_INVALID when it was declared otherwise, VM_CHECKPOINT_FAILED (it goes on then), VM_MACHINE_OFF.
   */
  async checkpoint(): Promise<Checkpoint> {
    // A restart of the guest may be under way that sets the machine going again when it is stopped.
    return await this.#machine.checkpoints.take(this, async () => await this.#quickening);
  }

  /** Copies the machine as it is at this moment, and lets it go on. @throws as `MachineCheckpoints.keep` @internal */
  async keepState(): Promise<KeptState> {
    return await this.#machine.checkpoints.keep(this, async () => await this.#quickening);
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
   * Pulls the plug: QEMU is killed. What the guest has written by then is on the disk, flushed or not. With `lose`, its
   * intercepted disks lose what a power cut may take from them (design 7).
   *
   * @returns what each intercepted disk has lost; nothing without `lose`.
   * @throws VM_MACHINE_OFF
   */
  async cut({ lose }: { lose?: LoseUnflushed } = {}): Promise<LostWrites[]> {
    this.#asked = 'cut';
    this.#noteAction('cut');
    await this.#machine.recordings.cut(this.qmp, this.#qemu);
    await this.ended;
    return lose === undefined ? [] : await this.#machine.interceptedDisks.loseUnflushed(lose);
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
    const sinceMs = performance.now();
    const end = await Deadline.after(limitMs)
      .race(this.ended, 'power off', late)
      .catch(async (error) => {
        throw (await this.#hostExcuse(sinceMs)) ?? error;
      });
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
    const sinceMs = performance.now();
    return await requestFromGuest(this.name, port, path, request, timeoutScale).catch(async (error) => {
      throw (await this.#hostExcuse(sinceMs)) ?? error;
    });
  }

  /** Lets what runs in it hang or panic; a reset takes it away. @throws as `breakGuest` @internal */
  async breakGuest(how: BrokenGuest): Promise<string> {
    await this.#quickening;
    const broken = breakGuest(this.qmp, this.#debuggerSocketPath, how);
    // There is one debugger stub: a restart meanwhile goes without it.
    this.#quickening = broken
      .then(() => undefined)
      .catch(() => undefined)
      .finally(() => {
        this.#quickening = undefined;
      });
    return await broken;
  }

  /** Something is wrong with all services of its cards, until it is stopped or the machine is off. @internal */
  impairServices(impairment: ServiceImpairment): ActiveServiceImpairment {
    return this.#services.impair(impairment);
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
      shellLoop: this.#machine.checkpoints.shellLoopOf(port.name),
      ...(timeoutScale === undefined ? {} : { timeoutScale }),
      beforeSecret: (secret) => this.#machine.keepSecret(secret),
      diagnose: (sinceMs) => this.#hostExcuse(sinceMs),
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
    if (event.event === 'RESET') this.#onReset(event);
    // A host without space stops the machine: no wait on it can come to a good end.
    if (event.event !== 'BLOCK_IO_ERROR' || event.data.action !== 'stop') return;
    void stallOf(this.qmp, this.name, event).then((error) => {
      if (error) for (const console of this.#consoles.values()) console.end(error);
    });
  }

  #onReset({ data }: QmpEvent): void {
    const cause = data.guest === true ? String(data.reason) : undefined;
    for (const console of this.#consoles.values()) console.guestRestarted(cause);
    if (this.#machine.accelerator !== 'tcg' || this.#machine.recordings.isOn || this.#quickening) return;
    this.#quickening = forgetTranslatedCode(this.qmp, this.#debuggerSocketPath)
      // Without it the restart is slower, and nothing else: a machine that is off by now says so itself.
      .catch(() => undefined)
      .finally(() => {
        this.#quickening = undefined;
      });
  }

  /** A wait is over: the error where the host is to blame for it. */
  async #hostExcuse(sinceMs: number): Promise<Error | undefined> {
    await this.#quickening;
    const { folder } = this.#machine;
    return await hostExcuse({ name: this.name, folder, qmp: this.qmp, strain: this.#strain }, sinceMs);
  }

  async #whenEnded(): Promise<MachineEnd> {
    const exit = await this.#qemu.exited;
    await Promise.all(this.#streams.map((stream) => stream.finish()));
    await this.#services.close();
    await this.#machine.poweredOff();
    this.#strain[Symbol.dispose]();
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
