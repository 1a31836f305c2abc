import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool } from '../foundation/index.ts';
import { CdDrive } from './cd-drive.ts';
import { attachSocketSuffix, ConsoleAttachServer } from './console/attach-server.ts';
import { ConsoleRecorder } from './console/console-recorder.ts';
import { Redactor } from './console/redactor.ts';
import { vmErrors } from './errors.ts';
import type { MachineContext } from './machine-context.ts';
import { type MachineSpec, type ResolvedMachineSpec, resolveMachineSpec } from './machine-spec.ts';
import { qemuArguments } from './qemu-arguments.ts';
import type { QmpClient } from './qmp-client.ts';
import type { RunningMachine } from './running-machine.ts';
import { scrubFile } from './scrub-file.ts';
import { startRunningMachine } from './start-running-machine.ts';

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
  const folder = join(context.workFolder, resolved.name);
  await mkdir(folder, { recursive: true });
  const overlayPaths = new Map<string, string>();
  for (const disk of resolved.disks.filter(({ writes }) => writes === 'discarded')) {
    const overlayPath = join(folder, `${disk.name}.overlay.qcow2`);
    await runTool('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', disk.path, overlayPath]);
    overlayPaths.set(disk.name, overlayPath);
  }
  return new Machine(resolved, context, folder, overlayPaths);
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
  readonly #overlayPaths: ReadonlyMap<string, string>;
  readonly #cdDrive: CdDrive;
  readonly #secrets = new Set<string>();
  #ports: SerialPort[] | undefined;
  #running: RunningMachine | undefined;
  #attach: ConsoleAttachServer | undefined;

  constructor(
    spec: ResolvedMachineSpec,
    context: MachineContext,
    folder: string,
    overlayPaths: ReadonlyMap<string, string>,
  ) {
    this.spec = spec;
    this.context = context;
    this.folder = folder;
    this.#overlayPaths = overlayPaths;
    this.#cdDrive = new CdDrive(spec.name, spec.cdPath);
  }

  /** The name that it was declared with. */
  get name(): string {
    return this.spec.name;
  }

  /** Whether it is on now. */
  get isOn(): boolean {
    return this.#running?.isOn ?? false;
  }

  /** What executes its instructions: guests whose time is virtual are always emulated. @internal */
  get accelerator(): 'kvm' | 'tcg' {
    return this.spec.virtualTime ? 'tcg' : this.context.accelerator;
  }

  /** The files that its disks are: the image where writes are kept, else the overlay that ends with the machine. */
  get diskFiles(): { name: string; path: string }[] {
    return this.spec.disks.map(({ name, path }) => ({ name, path: this.#overlayPaths.get(name) ?? path }));
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
    this.#ports ??= this.#openPorts();
    this.#attach ??= await ConsoleAttachServer.listen(
      join(this.context.runtimeFolder, `${this.name}${attachSocketSuffix}`),
    );
    const qmpSocketPath = this.#runtimePath('qmp.sock');
    const services = this.spec.nics.map((nic, nicIndex) =>
      nic.services.map(({ hostPort }, index) => ({
        hostPort,
        socketPath: this.#runtimePath(`net${nicIndex}-${index}.sock`),
      })),
    );
    const commandLine = qemuArguments(this.spec, {
      accelerator: this.accelerator,
      qmpSocketPath,
      serialLogPaths: this.#ports.map((port) => port.logPath),
      overlayPaths: this.#overlayPaths,
      cdMediumPath: this.#cdDrive.mediumPath,
      serviceSocketPaths: services.map((ofNic) => ofNic.map(({ socketPath }) => socketPath)),
      networkSocketPaths: await this.#networkSocketPaths(),
    });
    this.#running = await startRunningMachine(this, commandLine, {
      qmpSocketPath,
      debuggerSocketPath: this.#runtimePath('gdb.sock'),
      inputPipePaths: this.#ports.map((port) => this.#runtimePath(`${port.name}.in`)),
      ports: this.#ports,
      attach: this.#attach,
      services: services.flat(),
    });
    return this.#running;
  }

  /**
   * Puts an ISO image into the CD drive, in place of what is there; at once when the machine is on. It stays there
   * over restarts and power cycles.
   *
   * @throws VM_SPEC_INVALID when the machine was declared without `cdPath`, VM_QMP_FAILED when it is on and the image
   * cannot be opened.
   */
  async insertCd(path: string): Promise<void> {
    await this.#cdDrive.insert(path, this.#qmp);
  }

  /**
   * Takes out what is in the CD drive, locked by the guest or not; at once when the machine is on. The drive stays
   * empty over restarts and power cycles, so that the firmware goes on to the next device of the boot order.
   * What a guest ejects itself is in the drive again after a restart: QEMU closes the tray.
   *
   * @throws VM_SPEC_INVALID when the machine was declared without `cdPath`.
   */
  async ejectCd(): Promise<void> {
    await this.#cdDrive.eject(this.#qmp);
  }

  /**
   * A secret is about to be typed: from now on the console logs have to be scrubbed, whatever happens. A marker
   * names them for the next run, in case this one is killed first.
   *
   * @internal
   */
  async keepSecret(secret: string): Promise<void> {
    this.redactor.add(secret);
    if (this.#secrets.size === 0) {
      const logPaths = this.#portNames.map((name) => `${this.#logPath(name)}\n`);
      await writeFile(this.#secretMarkerPath(), logPaths.join(''), { mode: 0o600 });
    }
    this.#secrets.add(secret);
  }

  /** Ends QEMU if it runs, takes secrets out of the logs, closes the recordings, removes overlays and sockets. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#running?.isOn) await this.#running.cut();
    await this.#running?.ended;
    await this.#attach?.close();
    await this.context.observer?.onDisposal?.(this.name);
    const ports = this.#ports ?? [];
    if (this.#secrets.size > 0) {
      for (const port of ports) await scrubFile(port.logPath, [...this.#secrets]);
      await rm(this.#secretMarkerPath(), { force: true });
    }
    for (const overlayPath of this.#overlayPaths.values()) await rm(overlayPath, { force: true });
    for (const port of ports) await port.recorder.close();
  }

  /** The monitor, while it is on. */
  get #qmp(): QmpClient | undefined {
    return this.#running?.isOn ? this.#running.qmp : undefined;
  }

  async #networkSocketPaths(): Promise<Map<string, string>> {
    const paths = new Map<string, string>();
    for (const { network } of this.spec.nics) {
      if (network === undefined) continue;
      const path = await this.context.networks?.socketPathOf(network);
      if (path === undefined) {
        throw vmErrors.VM_SPEC_INVALID({
          tried: `plug machine ${this.name} into the network ${network}`,
          got: 'a context without networks between machines',
        });
      }
      paths.set(network, path);
    }
    return paths;
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
