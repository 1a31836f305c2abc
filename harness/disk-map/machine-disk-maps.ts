import { existsSync } from 'node:fs';
import { errorMessage } from '../../foundation/index.ts';
import type { MachineEvent } from '../machines.ts';
import { diskMapEvent } from './disk-map-event.ts';
import { type DiskSnapshot, takeDiskSnapshot } from './disk-snapshot.ts';

/** A disk as far as its map needs it. */
interface MappedDisk {
  name: string;
  path: string;
  writes: 'kept' | 'discarded';
}

/**
 * Maps the disks of one machine for the report, at its first power-on and at its end (spec H6). What a map cannot be
 * taken of is noted and changes no verdict.
 */
export class MachineDiskMaps {
  readonly #machine: string;
  readonly #disks: readonly MappedDisk[];
  readonly #emit: (event: MachineEvent) => void;
  readonly #signal: AbortSignal;
  readonly #before = new Map<string, DiskSnapshot>();
  readonly #after = new Map<string, DiskSnapshot>();
  #begun = false;
  #ended = false;

  constructor(
    machine: string,
    disks: readonly MappedDisk[],
    { emit, signal }: { emit: (event: MachineEvent) => void; signal: AbortSignal },
  ) {
    this.#machine = machine;
    this.#disks = disks;
    this.#emit = emit;
    this.#signal = signal;
  }

  /** What lay on each disk at the first power-on, by name, as far as it could be read. */
  get before(): ReadonlyMap<string, DiskSnapshot> {
    return this.#before;
  }

  /** What lay on each disk at the machine's end, where its writes were kept. */
  get after(): ReadonlyMap<string, DiskSnapshot> {
    return this.#after;
  }

  /** Before the machine's first instruction; later calls do nothing. */
  async takeBefore(): Promise<void> {
    if (this.#begun) return;
    this.#begun = true;
    for (const disk of this.#disks) {
      const snapshot = await this.#take(disk, this.#signal);
      if (snapshot === undefined) continue;
      this.#before.set(disk.name, snapshot);
      this.#emit(diskMapEvent({ machine: this.#machine, disk: disk.name }, snapshot));
    }
  }

  /**
   * When the machine is off for good; once. A disk whose writes were discarded is what it was. Also when the scenario
   * was out of time: then above all it matters what the disk looks like.
   */
  async takeAfter(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    for (const disk of this.#disks) {
      const before = this.#before.get(disk.name);
      if (before === undefined || disk.writes === 'discarded') continue;
      const after = await this.#take(disk);
      if (after === undefined) continue;
      this.#after.set(disk.name, after);
      this.#emit(diskMapEvent({ machine: this.#machine, disk: disk.name }, after, before));
    }
  }

  async #take({ name, path }: MappedDisk, signal?: AbortSignal): Promise<DiskSnapshot | undefined> {
    try {
      return await takeDiskSnapshot(path, signal);
    } catch (error) {
      // A scenario may remove a disk that it does not need any more: nothing is left to be mapped.
      if (!signal?.aborted && existsSync(path)) {
        const text = `disk ${name} of machine ${this.#machine} was not mapped: ${errorMessage(error)}`;
        this.#emit({ kind: 'note', machine: this.#machine, level: 'warning', text });
      }
      return undefined;
    }
  }
}
