import { rm } from 'node:fs/promises';
import { runTool } from '../../foundation/index.ts';
import type { Machine, RunningMachine } from '../../vm/index.ts';
import type { Bench } from '../bench.ts';
import type { DrillSubject } from '../drills/drill-subject.ts';
import { type BootResult, comeBack } from './come-back.ts';
import type { CrashState } from './crash-state.ts';
import { diskNamed, type OtherDiskState } from './other-disks.ts';
import { writeDiskState } from './write-disk-state.ts';
import type { WriteHistory } from './write-history.ts';

/** Switches a subject on, again and again, on disks as power cuts have left them. */
export class StateBooter {
  readonly #bench: Bench;
  readonly #subject: DrillSubject;
  readonly #withinMs: number;
  readonly #recorded: ReadonlySet<string>;
  #running: RunningMachine | undefined;

  /**
   * @param withinMs It has to be back within this, before the time-out scale.
   * @param recorded Logs that are needed still.
   */
  constructor(bench: Bench, subject: DrillSubject, withinMs: number, recorded: ReadonlySet<string>) {
    this.#recorded = recorded;
    this.#bench = bench;
    this.#subject = subject;
    this.#withinMs = withinMs;
    subject.machine.accompany({
      beforeFirstInstruction: async (running) => {
        this.#running = running;
      },
    });
  }

  /**
   * Makes the disks, and waits until the machine is back on them. It is off before and afterwards.
   *
   * @param sentence For the report.
   * @throws what went wrong where the product is not to blame.
   */
  async boot(
    sentence: string,
    explored: { name: string; history: WriteHistory; state: CrashState },
    others: readonly OtherDiskState[],
    acknowledged: readonly string[],
  ): Promise<BootResult> {
    const { machine, exploration, becomesWell } = this.#subject;
    await this.#setUp(machine, { ...explored, basePath: explored.history.basePath });
    for (const other of others) await this.#setUp(machine, other);
    const comesBack = exploration?.comesBack;
    const subject = {
      machine,
      becomesWell: (signal: AbortSignal) =>
        comesBack === undefined
          ? becomesWell.call(this.#subject, signal)
          : comesBack.call(exploration, acknowledged, signal),
    };
    try {
      return await comeBack(subject, this.#bench, {
        ...{ sentence, withinMs: this.#withinMs },
        running: () => this.#running,
      });
    } finally {
      if (this.#running?.isOn) await this.#running.cut();
      await this.#forgetLogs();
    }
  }

  /** What is written now is not explored. */
  async #forgetLogs(): Promise<void> {
    const { machine } = this.#subject;
    for (const { name } of machine.spec.disks.filter(({ writeLog }) => writeLog)) {
      const path = machine.writeLogPaths(name).at(-1);
      if (path !== undefined && !this.#recorded.has(path)) await rm(path, { force: true });
    }
  }

  /** Puts a disk's image in the place of the one that the machine has. */
  async #setUp(machine: Machine, disk: OtherDiskState): Promise<void> {
    const { path } = diskNamed(machine.diskFiles, disk.name);
    const declared = diskNamed(machine.hardware.disks, disk.name);
    // What is intercepted is a file of its own.
    if (declared.writes === 'kept' || declared.intercepted) return await writeDiskState(disk, path);
    const statePath = `${path}.raw`;
    await writeDiskState(disk, statePath);
    await rm(path, { force: true });
    await runTool('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', statePath, path]);
    // Below its overlay the machine has its declared image, whatever the overlay says: what differs has to lie in the overlay.
    await runTool('qemu-img', ['rebase', '-q', '-f', 'qcow2', '-F', 'raw', '-b', declared.path, path]);
    await rm(statePath);
  }
}
