import { statSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { copySparse, runTool, sectorBytes } from '../../foundation/index.ts';
import type { Machine, MachineSpec, RunningMachine } from '../../vm/index.ts';
import type { Bench } from '../bench.ts';
import type { DrillSubject } from '../drills/drill-subject.ts';
import type { Acknowledgement } from './acknowledgements.ts';
import { ConsoleLines } from './console-lines.ts';
import { explorerErrors } from './errors.ts';
import { diskNamed } from './other-disks.ts';
import { type Recording, writeRecording } from './recording.ts';
import { describeSpan, type Span } from './span.ts';
import { SpanWatch } from './span-watch.ts';

/** Often enough that a disk that writes a little is seen before and after; a look takes microseconds. */
const sightingMs = 5;

/** A log has a first sector before anything is written. */
const emptyLogBytes = sectorBytes;

/** What is recorded. */
export interface RecordOptions {
  /** The subject's name; by default the first one. */
  machine?: string;
  /** By default the machine's first disk. */
  disk?: string;
  span: Span;
  scenario: string;
  /** Where the images of the power-ons are kept. */
  folder: string;
}

/** The power-on that is recorded now. */
interface PowerCycle {
  recording: Recording;
  folder: string;
  /** Whether any of it lies in the span. */
  isInSpan: boolean;
  isClosed: boolean;
  /** The machine has gone off. */
  isOver: boolean;
}

/** Records what a scenario's subject writes; the scenario works with {@link bench}, and knows nothing of it. */
export class WriteRecorder {
  /** What the scenario works with. */
  readonly bench: Bench;
  readonly recordings: Recording[] = [];
  readonly #real: Bench;
  readonly #options: RecordOptions;
  readonly #span: SpanWatch;
  #subject: DrillSubject | undefined;
  #running: RunningMachine | undefined;
  #cycle: PowerCycle | undefined;
  #sighter: NodeJS.Timeout | undefined;
  /** Lines of earlier power-ons: what was promised stays promised. */
  readonly #promised: string[] = [];
  #isFinished = false;

  constructor(bench: Bench, options: RecordOptions) {
    this.#real = bench;
    this.#options = options;
    this.#span = new SpanWatch(options.span, {
      isOn: () => this.#running?.isOn ?? false,
      begin: () => this.#beginSpan(),
      end: () => this.#endSpan(),
    });
    this.bench = {
      ...bench,
      machine: (spec) => bench.machine(withWriteLogs(spec)),
      subject: (subject) => {
        bench.subject(subject);
        this.#offer(subject);
      },
      step: (sentence, action, options) =>
        bench.step(sentence, () => this.#span.aroundStep(sentence, async () => await action()), options),
    };
  }

  /**
   * Ends the recording; the machine is off then.
   *
   * @throws EXPLORER_NO_SUBJECT, EXPLORER_SPAN_EMPTY
   */
  async finish(): Promise<{ subject: DrillSubject; recordings: readonly Recording[] }> {
    if (this.#running?.isOn) await this.#running.cut();
    await this.#finishCycle();
    this.#isFinished = true;
    const { span, machine } = this.#options;
    const tried = `record writes ${describeSpan(span)}`;
    if (this.#subject === undefined) {
      throw explorerErrors.EXPLORER_NO_SUBJECT({
        tried,
        expected: machine === undefined ? 'a call of bench.subject' : `a subject named ${machine}`,
      });
    }
    const recordings = this.recordings.filter(
      ({ fromBytes, toBytes }) => toBytes > Math.max(fromBytes, emptyLogBytes),
    );
    if (recordings.length > 0) return { subject: this.#subject, recordings };
    throw explorerErrors.EXPLORER_SPAN_EMPTY({
      tried,
      got:
        this.recordings.length === 0
          ? 'the machine was not switched on in it'
          : `nothing was written to disk ${this.recordings[0]!.disk}`,
    });
  }

  #offer(subject: DrillSubject): void {
    const { machine: wanted, disk } = this.#options;
    if (this.#subject !== undefined || (wanted !== undefined && wanted !== subject.machine.name)) return;
    const { machine } = subject;
    const recorded = machine.spec.disks.filter(({ writeLog }) => writeLog);
    diskNamed(recorded, disk ?? recorded[0]?.name ?? 'system');
    this.#subject = subject;
    machine.accompany({
      beforePowerOn: (number) => this.#beginCycle(machine, number),
      beforeFirstInstruction: async (running) => this.#watch(running),
    });
    const surroundings = { machine, signal: this.#real.signal, scratchFolder: this.#real.workFolder };
    for (const companion of this.#span.companions(surroundings)) machine.accompany(companion);
  }

  async #beginCycle(machine: Machine, powerOn: number): Promise<void> {
    await this.#finishCycle();
    if (this.#span.isOver || this.#isFinished) return;
    const { scenario, disk } = this.#options;
    const folder = join(this.#options.folder, `power-on-${powerOn}`);
    await mkdir(folder, { recursive: true });
    const disks: Recording['disks'] = [];
    for (const { name, path } of machine.diskFiles) {
      const basePath = join(folder, `${name}.raw`);
      const { writes, writeLog } = diskNamed(machine.spec.disks, name);
      await keepImage(path, basePath, writes);
      disks.push({ name, basePath, ...(writeLog ? { logPath: '' } : {}) });
    }
    const explored = disk ?? disks.find(({ logPath }) => logPath !== undefined)!.name;
    const recording: Recording = {
      ...{ version: 1, scenario, machine: machine.name, disk: explored, powerOn, disks },
      ...{ fromBytes: 0, toBytes: 0, sightings: [] },
      acknowledgements: this.#promised.map((label) => ({ position: 0, label })),
    };
    this.#cycle = { recording, folder, isInSpan: this.#span.isOpen, isClosed: false, isOver: false };
  }

  #watch(running: RunningMachine): void {
    this.#running = running;
    const cycle = this.#cycle;
    if (cycle === undefined) return;
    const { recording } = cycle;
    const { machine, exploration } = this.#subject!;
    for (const disk of recording.disks) {
      if (disk.logPath !== undefined) disk.logPath = machine.writeLogPaths(disk.name).at(-1)!;
    }
    const lines = new ConsoleLines(exploration?.acknowledgements ?? [], (label) => {
      recording.acknowledgements.push({ position: positionOf(recording), label });
    });
    running.console.listen((text) => lines.push(text));
    this.#sighter = setInterval(() => sight(recording), sightingMs);
    this.#sighter.unref();
    void running.ended.then(() => {
      cycle.isOver = true;
      clearInterval(this.#sighter);
    });
  }

  #beginSpan(): void {
    const cycle = this.#cycle;
    if (cycle === undefined || cycle.isOver || cycle.isInSpan) return;
    cycle.isInSpan = true;
    cycle.recording.fromBytes = positionOf(cycle.recording);
  }

  #endSpan(): void {
    const cycle = this.#cycle;
    if (cycle === undefined || !cycle.isInSpan || cycle.isClosed) return;
    cycle.isClosed = true;
    cycle.recording.toBytes = positionOf(cycle.recording);
  }

  /** The machine is off: what it has written is all there. */
  async #finishCycle(): Promise<void> {
    const cycle = this.#cycle;
    this.#cycle = undefined;
    clearInterval(this.#sighter);
    if (cycle === undefined) return;
    const { recording, folder, isInSpan, isClosed } = cycle;
    this.#span.cycleEnded(recording.powerOn);
    const labels = recording.acknowledgements.map(({ label }: Acknowledgement) => label);
    this.#promised.splice(0, this.#promised.length, ...labels);
    if (!isInSpan) {
      await rm(folder, { recursive: true, force: true });
      return;
    }
    sight(recording);
    if (!isClosed) recording.toBytes = positionOf(recording);
    await writeRecording(folder, recording);
    this.recordings.push(recording);
  }
}

/** Everything that can be recorded is: the other disks have to be known as they were at a cut, too. */
function withWriteLogs(spec: MachineSpec): MachineSpec {
  if (spec.disks === undefined) return spec;
  const disks = spec.disks.map((disk) =>
    (disk.controller ?? 'virtio') === 'virtio' ? { ...disk, writeLog: true } : disk,
  );
  return { ...spec, disks };
}

/** An image of its own, raw, holes as holes. */
async function keepImage(path: string, kept: string, writes: 'kept' | 'discarded'): Promise<void> {
  if (writes === 'discarded') await runTool('qemu-img', ['convert', '-q', '-O', 'raw', path, kept]);
  else await copySparse(path, kept);
}

/** The bytes of the log of the explored disk; 0 before there is one. */
function positionOf({ disks, disk }: Recording): number {
  return sizeOf(diskNamed(disks, disk).logPath);
}

function sight({ disks, sightings }: Recording): void {
  const sizes = disks.map(({ logPath }) => sizeOf(logPath));
  const last = sightings.at(-1);
  if (last === undefined || sizes.some((size, index) => size !== last[index])) sightings.push(sizes);
}

function sizeOf(path: string | undefined): number {
  if (path === undefined || path === '') return 0;
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
