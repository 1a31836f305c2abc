import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ShellLoop } from '../console/shell-session.ts';
import { vmErrors } from '../errors.ts';
import type { Machine } from '../machine.ts';
import type { QmpClient } from '../qmp-client.ts';
import type { RunningMachine } from '../running-machine.ts';
import { Checkpoint, type CheckpointParts } from './checkpoint.ts';
import { type DeviceState, loadDeviceState, saveDeviceState } from './device-state.ts';
import { DiskBase } from './disk-base.ts';
import { KeptState } from './kept-state.ts';
import type { MachineMemory } from './memory-arguments.ts';
import { MemoryFile } from './memory-file.ts';

/** What a fork is made of. */
export interface ForkOrigin {
  memory: MemoryFile;
  deviceState: DeviceState;
  /** The overlays of the checkpointed machine, by disk, that disks of the fork lie over. */
  baseOverlayPaths: ReadonlyMap<string, string>;
  /** By port. */
  shellLoops: ReadonlyMap<string, ShellLoop>;
}

/** What a power on needs of it. */
interface StartPlaces {
  memory?: MachineMemory;
  baseOverlayPaths?: ReadonlyMap<string, string>;
}

/** What one machine has to do with checkpoints: its memory as a file, the one that was taken of it, or the one it is from. */
export class MachineCheckpoints {
  readonly #machine: Machine;
  #origin: ForkOrigin | undefined;
  /** The power-on, counted from 1, that goes on from the origin. */
  #resumesAt = 1;
  /** The power-on that can be kept without a declaration: see {@link prepareToKeep}. */
  #keepsAt = 0;
  #kept: KeptState | undefined;
  #memory: MemoryFile | undefined;
  #checkpoint: Checkpoint | undefined;
  #shellLoops = new Map<string, ShellLoop>();
  #starts = 0;

  constructor(machine: Machine, origin: ForkOrigin | undefined) {
    this.#machine = machine;
    this.#origin = origin;
  }

  /**
   * To be asked before each power on.
   *
   * @throws VM_CHECKPOINT_HELD when forks could still be made of its disks, VM_CHECKPOINT_NO_ROOM.
   */
  async prepareStart(): Promise<StartPlaces> {
    const { name, hardware, folder } = this.#machine;
    if (this.#checkpoint?.isHeld) {
      throw vmErrors.VM_CHECKPOINT_HELD({
        tried: `power on ${name}`,
        got: 'a checkpoint of it, whose forks read its disks',
      });
    }
    this.#starts += 1;
    this.#shellLoops = new Map(this.#isResumed ? structuredClone(this.#origin!.shellLoops) : []);
    this.#memory?.close();
    this.#memory = undefined;
    // Only its disks: a fork that is switched on again starts as any machine does.
    const { baseOverlayPaths, memory } = this.#origin ?? {};
    if (this.#isResumed) return { baseOverlayPaths, memory: { path: memory!.path, isShared: false } };
    const isPrepared = this.#keepsAt === this.#starts;
    if (!hardware.checkpoints && !isPrepared) return { baseOverlayPaths };
    const sizeBytes = hardware.memoryMiB * 1024 * 1024;
    // New for each start: a machine without power forgets.
    if (hardware.checkpoints) this.#memory = await MemoryFile.create(name, sizeBytes, [folder]);
    // Only wished for: without room in memory it starts as any machine does.
    else this.#memory = await MemoryFile.create(name, sizeBytes, []).catch(() => undefined);
    if (this.#memory === undefined) return { baseOverlayPaths };
    return { baseOverlayPaths, memory: { path: this.#memory.path, isShared: true } };
  }

  /** Of the port's console in this start: where the state of its command loop is kept. */
  shellLoopOf(port: string): ShellLoop {
    const loop = this.#shellLoops.get(port) ?? { nonce: '', sequence: 0, isReady: false };
    this.#shellLoops.set(port, loop);
    return loop;
  }

  /** Brings a fork that has just been started to the place of its checkpoint; other machines are as they should be. */
  async resume(qmp: QmpClient): Promise<void> {
    if (!this.#isResumed) return;
    await loadDeviceState(qmp, this.#origin!.deviceState, this.#transfer);
    if (this.#kept === undefined) return;
    // As if it had just come: whoever waits for a line on the way here finds it.
    for (const port of ['console', ...this.#machine.spec.serialPorts])
      await appendFile(join(this.#machine.folder, `${port}.log`), this.#kept.shownOn(port));
  }

  /** Whether it was ever switched on. */
  get hasStarted(): boolean {
    return this.#starts > 0;
  }

  /** The next power-on can be kept by {@link keep}. It has to be off. */
  prepareToKeep(): void {
    this.#keepsAt = this.#starts + 1;
  }

  /**
   * Copies the machine as it is, and lets it go on; it was prepared for it.
   *
   * @param settled As for {@link take}.
   * @throws VM_CHECKPOINT_FAILED, VM_CHECKPOINT_NO_ROOM, VM_MACHINE_OFF, FOUNDATION_DISK_FULL; it goes on then, too.
   */
  async keep(running: RunningMachine, settled: () => Promise<void>): Promise<KeptState> {
    const { name } = this.#machine;
    const shared = this.#memory;
    if (shared === undefined) {
      throw vmErrors.VM_CHECKPOINT_NO_ROOM({
        tried: `keep the state of machine ${name}`,
        expected: 'that its memory is a file',
        got: 'one that was started without, for want of room',
      });
    }
    const deviceState = await this.#save(running, settled);
    const goOn = () => running.qmp.execute('cont');
    let kept: KeptState;
    try {
      const memory = await shared.copy(name, []);
      const shellLoops = structuredClone(this.#shellLoops);
      kept = await KeptState.of(this.#machine, { memory, deviceState, shellLoops });
    } catch (error) {
      // A machine that cannot go on says so itself.
      await goOn().catch(() => undefined);
      throw error;
    }
    try {
      await goOn();
      return kept;
    } catch (error) {
      await kept[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The next power-on goes on from a kept state, with its disks. It has to be off. @throws as `KeptState.putDisksInto` */
  async goOnFrom(kept: KeptState): Promise<void> {
    await kept.putDisksInto(this.#machine);
    const { memory, deviceState, shellLoops } = kept;
    this.#origin = { memory, deviceState, shellLoops, baseOverlayPaths: new Map() };
    this.#kept = kept;
    this.#resumesAt = this.#starts + 1;
  }

  /**
   * Takes a checkpoint of the machine and ends it; for {@link RunningMachine.checkpoint}.
   *
   * @param settled Awaited when the machine has been stopped: afterwards nobody sets it going.
   */
  async take(running: RunningMachine, settled: () => Promise<void>): Promise<Checkpoint> {
    const memory = this.#memory;
    const { name, hardware } = this.#machine;
    const tried = `take a checkpoint of machine ${name}`;
    if (!running.isOn) throw vmErrors.VM_MACHINE_OFF({ tried });
    if (memory === undefined) {
      throw vmErrors.VM_SPEC_INVALID({
        tried,
        expected: 'a machine declared with checkpoints: true, one at a time',
        got: this.#origin !== undefined ? 'a fork' : hardware.checkpoints ? 'another one' : 'one without',
      });
    }
    this.#memory = undefined;
    try {
      const parts = { memory, ...(await this.#end(running, settled)) };
      this.#checkpoint = new Checkpoint(this.#machine, parts);
      return this.#checkpoint;
    } catch (error) {
      this.#memory = memory;
      throw error;
    }
  }

  /** Ends the machine's checkpoint and all its forks. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#checkpoint?.[Symbol.asyncDispose]();
    this.#memory?.close();
  }

  /** Saves what the memory does not have, and ends the machine. */
  async #end(
    running: RunningMachine,
    settled: () => Promise<void>,
  ): Promise<Omit<CheckpointParts, 'memory'>> {
    const deviceState = await this.#save(running, settled);
    await running.cut();
    const files = new Map(this.#machine.diskFiles.map(({ name, path }) => [name, path]));
    const disks = await Promise.all(
      this.#machine.hardware.disks.map(({ name, path, writes, intercepted }) =>
        // What is intercepted is one file, with all that was written to it.
        intercepted
          ? DiskBase.of(name, files.get(name)!, undefined)
          : DiskBase.of(name, path, writes === 'discarded' ? files.get(name) : undefined),
      ),
    );
    return { deviceState, disks, shellLoops: structuredClone(this.#shellLoops) };
  }

  async #save(running: RunningMachine, settled: () => Promise<void>): Promise<DeviceState> {
    try {
      await running.qmp.execute('stop');
      await settled();
      return await saveDeviceState(running.qmp, this.#transfer);
    } catch (error) {
      // As if nothing had been asked; a machine that cannot go on says so itself.
      await running.qmp.execute('cont').catch(() => undefined);
      throw error;
    }
  }

  get #isResumed(): boolean {
    return this.#origin !== undefined && this.#starts === this.#resumesAt;
  }

  get #transfer() {
    const { name, context } = this.#machine;
    const socketPath = join(context.runtimeFolder, `${name}.state.sock`);
    return { machineName: name, socketPath, timeoutScale: context.timeoutScale ?? 1 };
  }
}
