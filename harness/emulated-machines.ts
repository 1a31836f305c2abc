import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { errorMessage } from '../foundation/index.ts';
import {
  type AcceleratorChoice,
  type ConsoleSign,
  createMachine,
  type Machine,
  type MachineObserver,
  type PowerAction,
  withoutLoopTalk,
} from '../vm/index.ts';
import { MachineDiskMaps } from './disk-map/machine-disk-maps.ts';
import type { MachineEvent, MachineSurroundings, Machines } from './machines.ts';
import { inModes, type MachineModes, recordingNote } from './replay/machine-modes.ts';
import { keepDisks } from './rerun/keep-disks.ts';
import { keepMachineRecord } from './rerun/keep-machine-record.ts';
import type { MachineRecord } from './rerun/machine-record.ts';

/** As many console lines as a failure's report keeps of each machine, and what they may take of its log. */
const tailLines = 60;
const tailBytes = 64 * 1024;

/** Machines of `vm/` (spec H1); what happens to them goes into the event log. */
export function emulatedMachines(
  accelerator: AcceleratorChoice['accelerator'],
  modes: MachineModes = {},
): Machines {
  return {
    async create(declared, surroundings) {
      const { spec, note } = inModes(declared, modes);
      if (note) surroundings.emit({ kind: 'note', machine: spec.name, ...note });
      const { evidenceFolder, runtimeFolder, networks, timeoutScale } = surroundings;
      let lastLine: string | undefined;
      let diskMaps: MachineDiskMaps | undefined;
      let record: ReturnType<typeof keepRecord> | undefined;
      const observer = {
        ...observe(surroundings, () => hardwareOf(machine)),
        onConsoleLine: (_machine: string, _port: string, line: string) => {
          lastLine = line;
        },
        beforeFirstInstruction: async (name: string) => {
          diskMaps ??= new MachineDiskMaps(name, machine.spec.disks, surroundings);
          await diskMaps.takeBefore();
          record ??= keepRecord(machine, diskMaps, surroundings);
          await record;
        },
        onDisposal: async () => {
          await diskMaps?.takeAfter();
          if (diskMaps !== undefined) await keepDisksOf(machine, await record, diskMaps, surroundings);
        },
      };
      const context = {
        workFolder: evidenceFolder,
        runtimeFolder,
        networks,
        timeoutScale,
        accelerator,
        record: modes.record ?? false,
        observer,
        observeFork: () => observe(surroundings, () => hardwareOf(machine)),
      };
      const machine: Machine = await createMachine(spec, context);
      const logPath = join(machine.folder, 'console.log');
      surroundings.offerConsole(machine.name, { lastLine: () => lastLine, tail: () => tailOf(logPath) });
      return machine;
    },
  };
}

/** For whoever runs it again. What cannot be kept is noted and changes no verdict. */
async function keepRecord(machine: Machine, { before }: MachineDiskMaps, { emit }: MachineSurroundings) {
  try {
    return await keepMachineRecord(machine, before);
  } catch (error) {
    const text = `what ${machine.name} was started with was not kept: ${errorMessage(error)}`;
    emit({ kind: 'note', machine: machine.name, level: 'warning', text });
    return undefined;
  }
}

/** For `assay shell`; likewise. */
async function keepDisksOf(
  machine: Machine,
  record: MachineRecord | undefined,
  { after }: MachineDiskMaps,
  { emit, workFolder }: MachineSurroundings,
) {
  if (record === undefined) return;
  try {
    await keepDisks(machine, record, { workFolder, after });
  } catch (error) {
    const text = `the disks of ${machine.name} were not kept: ${errorMessage(error)}`;
    emit({ kind: 'note', machine: machine.name, level: 'warning', text });
  }
}

function observe({ emit, runFolder }: MachineSurroundings, hardware: () => string): MachineObserver {
  let isOn = false;
  return {
    onPower: (machine, action, qemuPid = 0) => {
      for (const event of powerEvents(machine, action, isOn, hardware, qemuPid)) emit(event);
      isOn = action === 'on' || (isOn && (action === 'button' || action === 'reset'));
    },
    onQmpEvent: (machine, { event, data }) =>
      emit({ kind: 'qmp', machine, name: event, data: JSON.stringify(data) }),
    onConsoleSign: (machine, port, sign) => emit(signEvent(machine, port, sign)),
    onConsoleMatch: (machine, port, text) => emit({ kind: 'console', machine, port, marker: 'match', text }),
    onRecording: (machine, notice) => emit({ kind: 'note', machine, ...recordingNote(machine, notice) }),
    onArtifact: (machine, kind, path) => {
      const what = kind === 'qemu-log' ? 'log' : kind;
      emit({ kind: 'artifact', machine, what, path: relative(runFolder, path), sizeBytes: sizeOf(path) });
    },
  };
}

/** A machine's life in the log is one start and one end for each time that it is switched on. */
function powerEvents(
  machine: string,
  action: PowerAction,
  isOn: boolean,
  hardware: () => string,
  qemuPid: number,
): MachineEvent[] {
  if (action === 'on') {
    return [
      // A start that failed half-way has no end of its own.
      ...(isOn ? [{ kind: 'machine-ended', machine, how: 'died' } as const] : []),
      { kind: 'machine-started', machine, hardware: hardware(), qemuPid },
      { kind: 'power', machine, action },
    ];
  }
  // A button that is pressed on a machine that is off does nothing; the machine says so to whoever pressed it.
  if (!isOn) return [];
  if (action === 'powered-off' || action === 'died') return [{ kind: 'machine-ended', machine, how: action }];
  const pressed: MachineEvent = { kind: 'power', machine, action };
  return action === 'cut' ? [pressed, { kind: 'machine-ended', machine, how: 'cut' }] : [pressed];
}

function signEvent(machine: string, port: string, { kind, line }: ConsoleSign): MachineEvent {
  const marker = kind === 'panic' ? 'panic' : 'stage';
  return { kind: 'console', machine, port, marker, text: line };
}

/** `q35, 512 MiB, 1 processor, disks system (virtio), data (ahci)`: what the report says of a machine. */
function hardwareOf({ spec }: Machine): string {
  const disks = spec.disks.map(({ name, controller }) => `${name} (${controller})`).join(', ');
  const nics = spec.nics.map(({ model, network }) => (network ? `${model} on ${network}` : model)).join(', ');
  return [
    'q35',
    ...(spec.firmware === 'uefi' ? ['UEFI'] : []),
    `${spec.memoryMiB} MiB`,
    `${spec.cpus} ${spec.cpus === 1 ? 'processor' : 'processors'}`,
    ...(disks === '' ? [] : [`disks ${disks}`]),
    ...(nics === '' ? [] : [`network ${nics}`]),
  ].join(', ');
}

/** The last lines of a console's log; none when there is no log. */
function tailOf(logPath: string): string[] {
  const sizeBytes = sizeOf(logPath);
  if (sizeBytes === 0) return [];
  const file = openSync(logPath, 'r');
  try {
    const bytes = Buffer.alloc(Math.min(sizeBytes, tailBytes));
    const readBytes = readSync(file, bytes, 0, bytes.length, sizeBytes - bytes.length);
    const text = bytes.subarray(0, readBytes).toString('utf8').trimEnd();
    return withoutLoopTalk(text.split(/\r*\n/)).slice(-tailLines);
  } finally {
    closeSync(file);
  }
}

/** A log that has just been opened may not be there yet. */
function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
