import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CdDrive } from './cd-drive.ts';
import { checkKeptState } from './check-kept-state.ts';
import { type ForkOrigin, MachineCheckpoints } from './checkpoint/machine-checkpoints.ts';
import { attachSocketSuffix, ConsoleAttachServer } from './console/attach-server.ts';
import { ConsoleRecorder } from './console/console-recorder.ts';
import { Redactor } from './console/redactor.ts';
import { createOverlays } from './disk-overlays.ts';
import { vmErrors } from './errors.ts';
import { socketPathsOf } from './ethernet-networks.ts';
import { changedHardware, type HardwareChange } from './hardware-change.ts';
import type { InterceptedDisk } from './intercepted-disk/intercepted-disk.ts';
import { InterceptedDisks } from './intercepted-disk/intercepted-disks.ts';
import { type MachineCompanion, MachineCompanions } from './machine-companion.ts';
import type { MachineContext } from './machine-context.ts';
import { type MachineSpec, type ResolvedMachineSpec, resolveMachineSpec } from './machine-spec.ts';
import { qemuArguments } from './qemu-arguments.ts';
import type { QmpClient } from './qmp-client.ts';
import { MachineRecordings } from './replay/machine-recordings.ts';
import type { RunningMachine } from './running-machine.ts';
import { scrubFile } from './scrub-file.ts';
import { startRunningMachine } from './start-running-machine.ts';
import { createUefiVariables, removeUefiVariables, uefiVariablesPath } from './uefi-firmware.ts';
import { WriteLogs } from './write-log/write-logs.ts';

/** One serial port of a machine and its evidence, over all power cycles. */
export interface SerialPort {
  name: string;
  logPath: string;
  recorder: ConsoleRecorder;
}

/**
 * Makes a machine from its declaration, switched off. Its disks keep what is written between power cycles; at its
 * end only disks declared with `writes: 'kept'` have changed.
 *
 * @throws FOUNDATION_CONFIG_INVALID or VM_SPEC_INVALID when the declaration is wrong.
 */
export async function createMachine(spec: MachineSpec, context: MachineContext): Promise<Machine> {
  const resolved = resolveMachineSpec(spec);
  checkKeptState(resolved);
  const folder = join(context.workFolder, resolved.name);
  await mkdir(folder, { recursive: true });
  await createUefiVariables(resolved, folder);
  const machine = new Machine(resolved, context, folder, await createOverlays(resolved.disks, folder));
  await machine.interceptedDisks.makeCopies();
  return machine;
}

/** A machine that is off (spec H1). `await using` it: at its end nothing of it runs or listens any more. */
export class Machine {
  /** @internal */
  readonly spec: ResolvedMachineSpec;
  /** @internal */
  readonly context: MachineContext;
  /** Its evidence. */
  readonly folder: string;
  /** @internal */
  readonly redactor = new Redactor();
  /** @internal */
  readonly writeLogs: WriteLogs;
  /** @internal */
  readonly interceptedDisks: InterceptedDisks;
  /** @internal */
  readonly checkpoints: MachineCheckpoints;
  /** @internal */
  readonly recordings: MachineRecordings;
  /** @internal */
  readonly cdDrive: CdDrive;
  /** What was typed into it and must be in no log. @internal */
  readonly secrets = new Set<string>();
  readonly #overlayPaths: ReadonlyMap<string, string>;
  /** Who goes with it through its power-ons. @internal */
  readonly companions = new MachineCompanions();
  #hardware: ResolvedMachineSpec | undefined;
  #ports: SerialPort[] | undefined;
  #running: RunningMachine | undefined;
  #starting: Promise<RunningMachine> | undefined;
  #isOver = false;
  #attach: ConsoleAttachServer | undefined;

  constructor(
    spec: ResolvedMachineSpec,
    context: MachineContext,
    folder: string,
    overlayPaths: ReadonlyMap<string, string>,
    origin?: ForkOrigin,
  ) {
    this.spec = spec;
    this.context = context;
    this.folder = folder;
    this.#overlayPaths = overlayPaths;
    this.cdDrive = new CdDrive(spec.name, spec.cdPath);
    this.checkpoints = new MachineCheckpoints(this, origin);
    this.writeLogs = new WriteLogs(spec.name, folder, spec.disks);
    this.interceptedDisks = new InterceptedDisks(spec.name, spec.disks, folder);
    this.recordings = new MachineRecordings(spec.name, context);
  }

  /** The name that it was declared with. */
  get name(): string {
    return this.spec.name;
  }

  /** Whether it is on now. */
  get isOn(): boolean {
    return this.#running?.isOn ?? false;
  }

  /** As it was switched on last, on still or not; undefined before the first time. */
  get running(): RunningMachine | undefined {
    return this.#running;
  }

  /** What executes its instructions: guests whose time is virtual are always emulated. @internal */
  get accelerator(): 'kvm' | 'tcg' {
    const isEmulated = this.spec.virtualTime || this.recordings.isFor(this.hardware);
    return isEmulated ? 'tcg' : this.context.accelerator;
  }

  /** The files that its disks are: the image where writes are kept, else what ends with the machine: an overlay, or a copy. */
  get diskFiles(): { name: string; path: string }[] {
    return this.interceptedDisks.filesOf(this.spec.disks, this.#overlayPaths);
  }

  /** A disk declared with `intercepted: true`, for faults and power cuts; on or off. @throws VM_SPEC_INVALID */
  disk(name: string): InterceptedDisk {
    return this.interceptedDisks.get(name);
  }

  /** The logs of a disk declared with `writeLog: true`, one per power on, oldest first. @throws VM_SPEC_INVALID */
  writeLogPaths(disk: string): readonly string[] {
    return this.writeLogs.pathsOf(disk);
  }

  /**
   * Switches the machine on and gives it as a running one, its consoles attached before the first instruction.
   *
   * @throws VM_QEMU_NOT_STARTED with what QEMU printed, VM_MACHINE_OFF when it is on already.
   */
  async powerOn(): Promise<RunningMachine> {
    if (this.#running?.isOn) {
      throw vmErrors.VM_MACHINE_OFF({ tried: `power on ${this.name}`, got: 'it is on already' });
    }
    await this.companions.beforePowerOn();
    this.#ports ??= this.#openPorts();
    this.#attach ??= await ConsoleAttachServer.listen(
      join(this.context.runtimeFolder, `${this.name}${attachSocketSuffix}`),
    );
    const qmpSocketPath = this.#runtimePath('qmp.sock');
    const socketOf = (nic: number, index: number) => this.#runtimePath(`net${nic}-${index}.sock`);
    const services = this.spec.nics.map((nic, nicIndex) =>
      nic.services.map(({ hostPort }, index) => ({ hostPort, socketPath: socketOf(nicIndex, index) })),
    );
    const writeLogPaths = await this.writeLogs.begin();
    const ordinary = qemuArguments(this.hardware, {
      accelerator: this.accelerator,
      qmpSocketPath,
      serialLogPaths: this.#ports.map((port) => port.logPath),
      uefiVariablesPath: uefiVariablesPath(this.spec, this.folder),
      overlayPaths: this.#overlayPaths,
      ...(await this.checkpoints.prepareStart()),
      writeLogPaths,
      interceptedSocketPaths: this.interceptedDisks.socketPaths((name) => this.#runtimePath(name)),
      cdMediumPath: this.cdDrive.mediumPath,
      serviceSocketPaths: services.map((ofNic) => ofNic.map(({ socketPath }) => socketPath)),
      networkSocketPaths: await socketPathsOf(this.spec, this.context.networks),
    });
    const inputPipePaths = this.#ports.map((port) => this.#runtimePath(`${port.name}.in`));
    const recorded = { ports: this.#ports, inputPipePaths, overlayPaths: this.#overlayPaths, writeLogPaths };
    const commandLine = await this.recordings.begin(this, ordinary, recorded);
    if (this.#isOver) throw vmErrors.VM_MACHINE_OFF({ tried: `power on ${this.name}`, got: 'it is gone' });
    this.#starting = startRunningMachine(this, commandLine, {
      ...{ qmpSocketPath, inputPipePaths, ports: this.#ports, attach: this.#attach },
      debuggerSocketPath: this.#runtimePath('gdb.sock'),
      services: services.flat(),
    });
    this.#running = await this.#starting;
    return this.#running;
  }

  /** The hardware as it is now: the declaration, and what was changed since. @internal */
  get hardware(): ResolvedMachineSpec {
    return this.#hardware ?? this.spec;
  }

  /**
   * Changes its hardware, as somebody with a screwdriver does; it has to be off.
   * @throws VM_SPEC_INVALID when it is on, FOUNDATION_CONFIG_INVALID when the change makes no machine.
   */
  changeHardware(change: HardwareChange): void {
    if (this.isOn) {
      throw vmErrors.VM_SPEC_INVALID({ tried: `change the hardware of ${this.name}`, got: 'it is on' });
    }
    this.#hardware = changedHardware(this.hardware, change, this.spec);
  }

  /** From now on `companion` is asked at every power-on. @internal */
  accompany(companion: MachineCompanion): void {
    this.companions.add(companion);
  }

  /**
   * Puts an ISO image into the CD drive, in place of what is there; at once when the machine is on. It stays there
   * over restarts and power cycles.
   *
   * @throws VM_SPEC_INVALID when the machine was declared without `cdPath`, VM_QMP_FAILED when it is on and the image
   * cannot be opened.
   */
  async insertCd(path: string): Promise<void> {
    await this.cdDrive.insert(path, this.#qmp);
  }

  /**
   * Takes out what is in the CD drive, locked by the guest or not; at once when the machine is on. The drive stays
   * empty over restarts and power cycles, so that the firmware goes on to the next device of the boot order.
   * What a guest ejects itself is in the drive again after a restart: QEMU closes the tray.
   *
   * @throws VM_SPEC_INVALID when the machine was declared without `cdPath`.
   */
  async ejectCd(): Promise<void> {
    await this.cdDrive.eject(this.#qmp);
  }

  /**
   * A secret is about to be typed: from now on the console logs have to be scrubbed, whatever happens. A marker
   * names them for the next run, in case this one is killed first.
   *
   * @internal
   */
  async keepSecret(secret: string): Promise<void> {
    this.redactor.add(secret);
    this.recordings.spoil('a secret was typed into it, which a recording would keep');
    if (this.secrets.size === 0) {
      const paths = this.#portNames.map((name) => this.#logPath(name));
      const lines = [...paths, ...this.recordings.sensitivePaths].map((path) => `${path}\n`);
      await writeFile(this.#secretMarkerPath(), lines.join(''), { mode: 0o600 });
    }
    this.secrets.add(secret);
  }

  /** QEMU has ended. @internal */
  async poweredOff(): Promise<void> {
    await this.interceptedDisks.powerOff();
    await this.recordings.finish();
  }

  /** Ends QEMU if it runs, takes secrets out of the logs, closes the recordings, removes overlays and sockets. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    const running = (await this.#starting?.catch(() => undefined)) ?? this.#running;
    if (running?.isOn) await running.cut();
    await running?.ended;
    await this.checkpoints[Symbol.asyncDispose]();
    await this.#attach?.close();
    await this.context.observer?.onDisposal?.(this.name);
    const ports = this.#ports ?? [];
    if (this.secrets.size > 0) {
      for (const port of ports) await scrubFile(port.logPath, [...this.secrets]);
      await rm(this.#secretMarkerPath(), { force: true });
    }
    for (const overlayPath of this.#overlayPaths.values()) await rm(overlayPath, { force: true });
    await removeUefiVariables(this.spec, this.folder);
    await this.interceptedDisks.close();
    for (const port of ports) await port.recorder.close();
  }

  /** The monitor, while it is on. */
  get #qmp(): QmpClient | undefined {
    return this.#running?.isOn ? this.#running.qmp : undefined;
  }

  #openPorts(): SerialPort[] {
    return this.#portNames.map((name) => {
      const logPath = this.#logPath(name);
      const recorder = new ConsoleRecorder(join(this.folder, `${name}.cast`), `${this.name} ${name}`);
      // At once: whoever is told of the recording takes the time for the zero of its clock.
      this.context.observer?.onArtifact?.(this.name, 'console-log', logPath);
      this.context.observer?.onArtifact?.(this.name, 'asciicast', recorder.path);
      return { name, logPath, recorder };
    });
  }

  get #portNames(): string[] {
    return ['console', ...this.spec.serialPorts];
  }

  #logPath(port: string): string {
    return join(this.folder, `${port}.log`);
  }

  #runtimePath(name: string): string {
    return join(this.context.runtimeFolder, `${this.name}.${name}`);
  }

  #secretMarkerPath(): string {
    return join(this.context.runtimeFolder, `${this.name}.console.secret-pending`);
  }
}
