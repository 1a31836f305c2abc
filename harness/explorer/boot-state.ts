import { rm } from 'node:fs/promises';
import { AssayError, copySparse, errorMessage, runTool } from '../../foundation/index.ts';
import type { Machine, RunningMachine } from '../../vm/index.ts';
import type { Bench } from '../bench.ts';
import type { DrillSubject } from '../drills/drill-subject.ts';
import { waitUntilWell } from '../drills/wait-until-well.ts';
import type { CrashState } from './crash-state.ts';
import type { OtherDiskState } from './other-disks.ts';
import type { WriteHistory } from './write-history.ts';
import { writeState } from './write-state.ts';

/** What a machine makes of a state: null when it is back, else why not. */
export type BootResult = string | null;

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
      await waitUntilWell(subject, this.#bench, sentence, this.#withinMs);
      return null;
    } catch (error) {
      this.#bench.signal.throwIfAborted();
      if (!(error instanceof AssayError) || error.blame !== 'product') throw error;
      const said = this.#running?.console.tail(3).join(' | ') ?? '';
      return `${reasonOf(error)}; its console ended with: ${said}`;
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
    const { path } = machine.diskFiles.find(({ name }) => name === disk.name)!;
    const isKept = machine.spec.disks.find(({ name }) => name === disk.name)!.writes === 'kept';
    const imagePath = isKept ? path : `${path}.raw`;
    await rm(imagePath, { force: true });
    if (disk.history !== undefined) await writeState(disk.history, disk.state, imagePath);
    else await copySparse(disk.basePath, imagePath);
    if (isKept) return;
    await rm(path, { force: true });
    await runTool('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', imagePath, path]);
  }
}

/** The innermost says what was seen. */
function reasonOf(error: AssayError): string {
  const { cause, code } = error;
  const seen = cause instanceof AssayError ? cause : error;
  const [line = ''] = errorMessage(seen).split('\n');
  return `${seen.code ?? code}: ${line}`;
}
