import { join } from 'node:path';
import type { ShellLoop } from '../console/shell-session.ts';
import { vmErrors } from '../errors.ts';
import type { Machine } from '../machine.ts';
import type { QmpClient } from '../qmp-client.ts';
import type { RunningMachine } from '../running-machine.ts';
import { Checkpoint, type CheckpointParts } from './checkpoint.ts';
import { type DeviceState, loadDeviceState, saveDeviceState } from './device-state.ts';
import { DiskBase } from './disk-base.ts';
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
  readonly #origin: ForkOrigin | undefined;
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
    if (!hardware.checkpoints) return { baseOverlayPaths };
    // New for each start: a machine without power forgets.
    this.#memory = await MemoryFile.create(name, hardware.memoryMiB * 1024 * 1024, [folder]);
    return { memory: { path: this.#memory.path, isShared: true } };
  }

  /** Of the port's console in this start: where the state of its command loop is kept. */
  shellLoopOf(port: string): ShellLoop {
    const loop = this.#shellLoops.get(port) ?? { nonce: '', sequence: 0, isReady: false };
    this.#shellLoops.set(port, loop);
    return loop;
  }

  /** Brings a fork that has just been started to the place of its checkpoint; other machines are as they should be. */
  async resume(qmp: QmpClient): Promise<void> {
    if (this.#isResumed) await loadDeviceState(qmp, this.#origin!.deviceState, this.#transfer);
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
      this.#machine.hardware.disks.map(({ name, path, writes }) =>
        DiskBase.of(name, path, writes === 'discarded' ? files.get(name) : undefined),
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
    return this.#origin !== undefined && this.#starts === 1;
  }

  get #transfer() {
    const { name, context } = this.#machine;
    const socketPath = join(context.runtimeFolder, `${name}.state.sock`);
    return { machineName: name, socketPath, timeoutScale: context.timeoutScale ?? 1 };
  }
}
