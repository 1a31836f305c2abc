import { mkdir, open, rm, stat, symlink } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { Deadline, errorMessage } from '../../foundation/index.ts';
import type { LogStream } from '../console/log-stream.ts';
import type { Machine } from '../machine.ts';
import type { MachineContext } from '../machine-context.ts';
import type { ResolvedMachineSpec } from '../machine-spec.ts';
import type { QemuProcess } from '../qemu-process.ts';
import type { QmpClient } from '../qmp-client.ts';
import { copyUefiVariables, uefiFiles } from '../uefi-firmware.ts';
import { recordingCommandLine } from './command-line.ts';
import { digestedFile } from './content-digest.ts';
import { copyPart } from './copy-part.ts';
import { type DiskFile, digestOfDisk, type FirstStart, keepStart } from './kept-start.ts';
import { notRecordable } from './not-recordable.ts';
import { RecordedControl } from './recorded-control.ts';
import { type RecordedDisk, type Recording, recordingFolderName, writeRecording } from './recording-file.ts';

/** What whoever asked for recordings is told of one power-on. */
export type RecordingNotice =
  | {
      kind: 'recorded';
      powerOn: number;
      folder: string;
      heldUntil?: { instruction: number; because: string };
    }
  | { kind: 'not-recorded'; powerOn: number; because: string };

interface Recorded {
  ports: readonly { name: string; logPath: string }[];
  inputPipePaths: readonly string[];
  overlayPaths: ReadonlyMap<string, string>;
  writeLogPaths: ReadonlyMap<string, string>;
}

interface Current extends Recorded {
  hardware: ResolvedMachineSpec;
  disks: readonly DiskFile[];
  folder: string;
  executionPath: string;
  starts: Map<string, Pick<RecordedDisk, 'start' | 'base'>>;
  logStarts: number[];
  recordedLine: string[];
  files: Recording['files'];
  qemuVersion: string;
  control: RecordedControl | undefined;
}

const quitTimeoutMs = 15_000;

/** The recordings of a machine, one for each power-on, in its folder (docs/record-and-replay.md). */
export class MachineRecordings {
  readonly #machineName: string;
  readonly #context: MachineContext;
  readonly #firstStarts = new Map<string, FirstStart>();
  #current: Current | undefined;
  #powerOns = 0;
  #spoilt: string | undefined;

  constructor(machineName: string, context: MachineContext) {
    this.#machineName = machineName;
    this.#context = context;
  }

  /** Whether the machine is recorded now. */
  get isOn(): boolean {
    return this.#current !== undefined;
  }

  /** Whether a power-on with this hardware would be recorded. */
  isFor(hardware: ResolvedMachineSpec): boolean {
    return this.#context.record === true && notRecordable(hardware) === undefined;
  }

  /** A power-on begins: keeps what a replay needs, and gives the command line to start QEMU with. */
  async begin(
    { folder: machineFolder, hardware, diskFiles }: Machine,
    ordinary: readonly string[],
    recorded: Recorded,
  ): Promise<readonly string[]> {
    this.#powerOns += 1;
    this.#current = undefined;
    if (this.#context.record !== true) return ordinary;
    const because = notRecordable(hardware) ?? this.#spoilt;
    if (because !== undefined) {
      this.#notify({ kind: 'not-recorded', powerOn: this.#powerOns, because });
      return ordinary;
    }
    const folder = join(machineFolder, recordingFolderName(this.#powerOns));
    await mkdir(folder, { recursive: true });
    await copyUefiVariables(hardware, machineFolder, folder);
    const executionPath = join(folder, 'execution.rr');
    const pipePaths = recorded.inputPipePaths.map((path) => path.replace(/\.in$/, ''));
    for (const path of pipePaths) await replaceBySink(`${path}.out`);
    const recordedLine = recordingCommandLine(ordinary, { executionPath, pipePaths });
    const disks = diskFiles.map((disk) => ({ ...disk, isOverlay: recorded.overlayPaths.has(disk.name) }));
    this.#current = {
      ...recorded,
      ...{ hardware, disks, folder, executionPath, recordedLine, qemuVersion: '', control: undefined },
      starts: await this.#keepStarts(disks, machineFolder, folder),
      logStarts: await Promise.all(recorded.ports.map(({ logPath }) => sizeOf(logPath))),
      files: await filesOf(hardware, folder),
    };
    return recordedLine;
  }

  /** QEMU is there and waits: from now on what is done to it is kept, too. */
  async attach(qmp: QmpClient, streams: readonly LogStream[]): Promise<void> {
    const current = this.#current;
    if (current === undefined) return;
    const { qemu } = await qmp.execute<{ qemu: Record<string, number> }>('query-version');
    current.qemuVersion = `${qemu.major}.${qemu.minor}.${qemu.micro}`;
    const control = new RecordedControl(qmp);
    current.control = control;
    for (const stream of streams) stream.pace = (bytes, write) => control.type(bytes, write);
  }

  /** Kills QEMU; one that records is asked to end at once instead, as it stands: killed it would leave no recording. */
  async cut(qmp: QmpClient, qemu: QemuProcess): Promise<void> {
    if (this.#current !== undefined) {
      // It may be gone before it has answered.
      qmp.executeAtOnce('quit').catch(() => undefined);
      await Deadline.after(quitTimeoutMs * (this.#context.timeoutScale ?? 1))
        .race(qemu.exited, 'end QEMU')
        .catch(() => undefined);
    }
    await qemu.kill();
  }

  /** What may not be kept was typed, a secret for one: this recording goes, and there will be no further one. */
  spoil(because: string): void {
    this.#spoilt ??= because;
  }

  /** Files that hold what was typed, of the power-on that is under way. */
  get sensitivePaths(): string[] {
    return this.#current === undefined ? [] : [this.#current.executionPath];
  }

  /** QEMU has ended: the recording is made whole. Never throws: it changes nothing of what the machine has done. */
  async finish(): Promise<void> {
    const current = this.#current;
    if (current === undefined) return;
    this.#current = undefined;
    for (const path of current.inputPipePaths) await rm(path.replace(/\.in$/, '.out'), { force: true });
    const powerOn = this.#powerOns;
    try {
      if (this.#spoilt !== undefined) throw new Error(this.#spoilt);
      const recording = await wholeRecording(current, powerOn);
      await writeRecording(current.folder, recording);
      const { heldUntil } = recording;
      this.#notify({ kind: 'recorded', powerOn, folder: current.folder, ...(heldUntil && { heldUntil }) });
    } catch (error) {
      await rm(current.executionPath, { force: true });
      this.#notify({ kind: 'not-recorded', powerOn, because: errorMessage(error) });
    }
  }

  #notify(notice: RecordingNotice): void {
    this.#context.observer?.onRecording?.(this.#machineName, notice);
  }

  async #keepStarts(
    disks: readonly DiskFile[],
    machineFolder: string,
    folder: string,
  ): Promise<Current['starts']> {
    const starts: Current['starts'] = new Map();
    for (const disk of disks) {
      const kept = await keepStart(disk, folder, this.#firstStarts.get(disk.name));
      starts.set(disk.name, kept);
      if (kept.base !== undefined) continue;
      const path = join(folder, kept.start.path);
      this.#firstStarts.set(disk.name, {
        path,
        file: { ...kept.start, path: relative(machineFolder, path) },
      });
    }
    return starts;
  }
}

async function wholeRecording(current: Current, powerOn: number): Promise<Recording> {
  const { folder, control, hardware, recordedLine, qemuVersion, files } = current;
  const serialPorts: Recording['serialPorts'] = [];
  for (const [index, { name, logPath }] of current.ports.entries()) {
    const path = join(folder, basename(logPath));
    await copyPart(logPath, path, current.logStarts[index]!);
    serialPorts.push({ name, ...(await digestedFile(path, folder)) });
  }
  const disks: RecordedDisk[] = [];
  for (const disk of current.disks) {
    const endDigest = await digestOfDisk(disk, join(folder, `${disk.name}.end`));
    const logPath = current.writeLogPaths.get(disk.name);
    disks.push({
      ...{ name: disk.name, isOverlay: disk.isOverlay },
      ...current.starts.get(disk.name)!,
      endDigest,
      ...(logPath && { writeLog: await digestedFile(logPath, folder) }),
    });
  }
  if (!(await isWhole(current.executionPath)))
    throw new Error('QEMU was killed before it had ended its recording');
  const execution = await digestedFile(current.executionPath, folder);
  const { actions = [], heldUntil } = control ?? {};
  return {
    version: 1,
    machine: hardware.name,
    ...{ powerOn, qemuVersion, commandLine: recordedLine, execution, serialPorts, disks, files, actions },
    ...(heldUntil && { heldUntil }),
  };
}

/** QEMU writes the first bytes at its end. */
async function isWhole(executionPath: string): Promise<boolean> {
  await using file = await open(executionPath, 'r');
  const { bytesRead, buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
  return bytesRead === 4 && buffer.readUInt32BE(0) !== 0;
}

/** What QEMU only reads: not copied, for images of Assay lie under the name of their content. */
async function filesOf(hardware: ResolvedMachineSpec, folder: string): Promise<Recording['files']> {
  const { directBoot, cdPath } = hardware;
  const paths = { kernel: directBoot?.kernelPath, initramfs: directBoot?.initramfsPath, cd: cdPath };
  const files: Recording['files'] = {};
  for (const [what, path] of Object.entries(paths)) {
    if (path !== undefined) files[what] = { ...(await digestedFile(path, folder)), path };
  }
  const uefi = uefiFiles(hardware, folder);
  if (uefi === undefined) return files;
  files.uefi = { ...(await digestedFile(uefi.codePath, folder)), path: uefi.codePath };
  // A copy, for it is written.
  files['uefi-variables'] = await digestedFile(uefi.variablesPath, folder);
  return files;
}

/** What QEMU writes to a named pipe's other half is in the log already. */
async function replaceBySink(path: string): Promise<void> {
  await rm(path, { force: true });
  await symlink('/dev/null', path);
}

async function sizeOf(path: string): Promise<number> {
  return await stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
