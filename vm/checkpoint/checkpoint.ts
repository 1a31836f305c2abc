import type { ShellLoop } from '../console/shell-session.ts';
import { vmErrors } from '../errors.ts';
import type { Machine } from '../machine.ts';
import type { RunningMachine } from '../running-machine.ts';
import type { DeviceState } from './device-state.ts';
import type { DiskBase } from './disk-base.ts';
import { forkMachine } from './fork-machine.ts';
import type { MemoryFile } from './memory-file.ts';

/** What a checkpoint consists of, beside the machine's declaration. */
export interface CheckpointParts {
  memory: MemoryFile;
  deviceState: DeviceState;
  /** In the order of the declaration. */
  disks: readonly DiskBase[];
  shellLoops: ReadonlyMap<string, ShellLoop>;
}

/** Another image in the place of a disk. */
export interface ForkDisk {
  /** The raw image on the host; as large as the disk is. */
  path: string;
  /** `discarded` (default): the image stays as it is. `kept`: the fork writes to the image itself, which is quicker. */
  writes?: 'discarded' | 'kept';
}

/** How a fork differs from the machine at its checkpoint. */
export interface ForkOptions {
  /** Of the machine that the fork is; unlike those of all other machines and forks of the scenario. */
  name: string;
  /**
   * Disks, by name, whose state is to be another one than at the checkpoint. The guest must not have read what differs
   * before the checkpoint: it would go on with what it remembers.
   */
  disks?: Record<string, ForkDisk>;
}

/** A machine that goes on from a checkpoint; disposing it ends the machine. */
export interface Fork extends AsyncDisposable {
  readonly machine: Machine;
  readonly running: RunningMachine;
}

/**
 * A machine at one moment: memory, processors, devices and disks, held until it is disposed of. It can be gone on from
 * many times, also at the same time. It lives in memory and ends with the runner.
 */
export class Checkpoint implements AsyncDisposable {
  readonly #machine: Machine;
  readonly #parts: CheckpointParts;
  readonly #forks = new Set<Machine>();
  #isHeld = true;

  /** @internal */
  constructor(machine: Machine, parts: CheckpointParts) {
    this.#machine = machine;
    this.#parts = parts;
  }

  /** Whether it can be forked still. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  /**
   * Makes a machine that goes on where the checkpointed one was stopped, and starts it. Memory and disks are shared
   * until they are written; what a fork writes is its own. Its consoles begin empty: a prompt that was printed before
   * the checkpoint is not printed again. `console.run` works at once where it had been used before.
   *
   * @throws VM_SPEC_INVALID for a name that is taken, a disk that is not there or has another size;
   * VM_CHECKPOINT_CHANGED when an image was written since the checkpoint; VM_CHECKPOINT_FAILED,
   * VM_QEMU_NOT_STARTED; VM_MACHINE_OFF when the checkpoint was disposed of.
   * @example
   * await using checkpoint = await running.checkpoint();
   * await using fork = await checkpoint.fork({ name: 'torn-17', disks: { data: { path: tornImage } } });
   * await fork.running.console.run('mount /dev/vdb /data');
   */
  async fork(options: ForkOptions): Promise<Fork> {
    this.#assertHeld();
    const machine = await forkMachine(this.#machine, this.#parts, options);
    this.#forks.add(machine);
    const end = async () => {
      this.#forks.delete(machine);
      await machine[Symbol.asyncDispose]();
    };
    try {
      this.#assertHeld();
      return { machine, running: await machine.powerOn(), [Symbol.asyncDispose]: end };
    } catch (error) {
      await end();
      throw error;
    }
  }

  /** Ends all forks that still run; the machine can be switched on again, as after a power cut. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isHeld = false;
    for (const fork of this.#forks) await fork[Symbol.asyncDispose]();
    this.#forks.clear();
    this.#parts.memory.close();
  }

  #assertHeld(): void {
    if (this.#isHeld) return;
    const tried = `fork machine ${this.#machine.name}`;
    throw vmErrors.VM_MACHINE_OFF({ tried, got: 'a checkpoint that was disposed of' });
  }
}
