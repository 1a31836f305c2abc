import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sectorBytes } from '../../foundation/index.ts';
import type { Checkpoint, Machine, MachineSpec, SectorRange } from '../../vm/index.ts';
import type { Bench } from '../bench.ts';
import type { DrillSubject } from '../drills/drill-subject.ts';
import { type BootResult, comeBack } from './come-back.ts';
import { contentKey, type DiskState } from './content-key.ts';
import { diskNamed } from './other-disks.ts';
import type { ForkedSubject } from './subject-exploration.ts';
import { TouchedSectors } from './touched-sectors.ts';
import { writeDiskState } from './write-disk-state.ts';

/** Where templates are made, and of what. */
export interface TemplatePlace {
  bench: Bench;
  subject: DrillSubject;
  forks: ForkedSubject;
  /** A fork has to be back within this, before the time-out scale. */
  withinMs: number;
}

/** A state that is judged in a fork. */
export interface ForkedState {
  /** Of the fork; unlike all other names of the scenario. */
  name: string;
  sentence: string;
  disks: readonly DiskState[];
  acknowledged: readonly string[];
}

const copyBytes = 1024 * 1024;

/** Before the time-out scale. A state from which the line does not come is a matter for a full boot. */
const lineTimeoutMs = 120_000;

/**
 * A machine that was switched on with the disks of one state, watched until the line that comes before it opens the explored
 * disk, and kept as it was then. It stands for another state when everything that it has read by then is the same there:
 * up to this moment a machine with the other state's disks would have done the same, writes included.
 */
export class ForkTemplate implements AsyncDisposable {
  /** How many states were judged in forks of it. */
  forks = 0;
  readonly #place: TemplatePlace;
  readonly #disks: readonly DiskState[];
  readonly #images: ReadonlyMap<string, string>;
  readonly #touched: ReadonlyMap<string, TouchedSectors>;
  readonly #checkpoint: Checkpoint;
  readonly #readKey: string;

  private constructor(
    place: TemplatePlace,
    disks: readonly DiskState[],
    images: ReadonlyMap<string, string>,
    touched: ReadonlyMap<string, TouchedSectors>,
    checkpoint: Checkpoint,
  ) {
    this.#place = place;
    this.#disks = disks;
    this.#images = images;
    this.#touched = touched;
    this.#checkpoint = checkpoint;
    this.#readKey = this.readKey(disks);
  }

  /**
   * Boots a machine like the subject's to the line and takes the checkpoint; the subject's own machine is not used.
   *
   * @throws what keeps the machine from being made, from printing the line, or from being kept.
   */
  static async make(name: string, disks: readonly DiskState[], place: TemplatePlace): Promise<ForkTemplate> {
    const { bench, subject, forks } = place;
    const images = new Map(
      disks.map((disk) => [disk.name, join(bench.workFolder, `${name}-${disk.name}.raw`)]),
    );
    for (const disk of disks) await writeDiskState(disk, images.get(disk.name)!);
    const machine = await bench.machine(templateSpec(subject.machine, name, images));
    await sameCd(machine, subject.machine);
    const touched = new Map(disks.map((disk) => [disk.name, new TouchedSectors()]));
    // From before QEMU is there, which looks at the disks itself.
    for (const [disk, sectors] of touched) machine.disk(disk).listen((request) => sectors.note(request));
    const running = await machine.powerOn();
    try {
      await running.console.expect(forks.before, { timeoutMs: lineTimeoutMs, restart: 'fails' });
      return new ForkTemplate(place, disks, images, touched, await running.checkpoint());
    } finally {
      if (running.isOn) await running.cut();
    }
  }

  /** Whether a fork of it is as good as a machine that is switched on with these disks. */
  standsFor(disks: readonly DiskState[]): boolean {
    return this.readKey(disks) === this.#readKey;
  }

  /** Says what lies in the sectors that it has read: the same for states that the same template can stand for. */
  readKey(disks: readonly DiskState[]): string {
    return disks
      .map((disk) => contentKey(disk, (sector) => this.#touched.get(disk.name)!.read.has(sector)))
      .join(' ');
  }

  /** The disks in which something differs that it has read: why it does not stand for a state. */
  disksReadOtherwise(disks: readonly DiskState[]): string[] {
    const [mine, others] = [this.#readKey.split(' '), this.readKey(disks).split(' ')];
    return disks.filter((_, index) => mine[index] !== others[index]).map(({ name }) => name);
  }

  /**
   * Goes on with the disks of a state, and says what becomes of it; {@link standsFor} has to be true.
   *
   * @throws what went wrong where the product is not to blame.
   */
  async judge({ name, sentence, disks, acknowledged }: ForkedState): Promise<BootResult> {
    const { bench, forks, withinMs } = this.#place;
    await using images = await this.#imagesOf(name, disks);
    await using fork = await this.#checkpoint.fork({ name, disks: images.replaced });
    const { machine, running } = fork;
    const becomesWell = (signal: AbortSignal) => forks.comesBack(fork, acknowledged, signal);
    const result = await comeBack({ machine, becomesWell }, bench, {
      sentence,
      withinMs,
      running: () => running,
    });
    this.forks += 1;
    return result;
  }

  /** Its memory goes. Its disks stay with the scenario's files: the bench looks at them when it ends the machine. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#checkpoint[Symbol.asyncDispose]();
  }

  /** Of the disks that are not what the template's were, images of their own. */
  async #imagesOf(name: string, disks: readonly DiskState[]) {
    const replaced: Record<string, { path: string; writes: 'kept' }> = {};
    const remove = async () => {
      for (const { path } of Object.values(replaced)) await rm(path, { force: true });
    };
    try {
      for (const disk of disks) {
        if (contentKey(disk) === contentKey(diskNamed(this.#disks, disk.name))) continue;
        const path = join(this.#place.bench.workFolder, `${name}-${disk.name}.raw`);
        replaced[disk.name] = { path, writes: 'kept' };
        await writeDiskState(disk, path);
        const written = this.#touched.get(disk.name)!.written.ranges();
        await copyRanges(this.#images.get(disk.name)!, path, written);
      }
    } catch (error) {
      await remove();
      throw error;
    }
    return { replaced, [Symbol.asyncDispose]: remove };
  }
}

/** The subject's machine, with images of its own that are watched. */
function templateSpec({ hardware }: Machine, name: string, images: ReadonlyMap<string, string>): MachineSpec {
  const disks = hardware.disks.map((disk) => ({
    ...disk,
    path: images.get(disk.name)!,
    writes: 'kept' as const,
    intercepted: true,
    writeLog: false,
  }));
  return { ...hardware, name, checkpoints: true, disks } as MachineSpec;
}

async function sameCd(machine: Machine, { spec, cdDrive }: Machine): Promise<void> {
  if (spec.cdPath === undefined) return;
  if (cdDrive.mediumPath === undefined) await machine.ejectCd();
  else await machine.insertCd(cdDrive.mediumPath);
}

/** What the template has written up to its line, a machine with the other state's disk would have written, too. */
async function copyRanges(fromPath: string, toPath: string, ranges: Iterable<SectorRange>): Promise<void> {
  await using from = await open(fromPath, 'r');
  await using to = await open(toPath, 'r+');
  for (const { first, count } of ranges) await copyPart(from, to, first * sectorBytes, count * sectorBytes);
}

async function copyPart(from: FileHandle, to: FileHandle, offsetBytes: number, lengthBytes: number) {
  for (let done = 0; done < lengthBytes; ) {
    const bytes = Buffer.alloc(Math.min(copyBytes, lengthBytes - done));
    const { bytesRead } = await from.read(bytes, 0, bytes.length, offsetBytes + done);
    if (bytesRead === 0) return;
    for (let written = 0; written < bytesRead; ) {
      const at = offsetBytes + done + written;
      written += (await to.write(bytes, written, bytesRead - written, at)).bytesWritten;
    }
    done += bytesRead;
  }
}
