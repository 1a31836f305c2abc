import { basename, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { QemuExit, QemuProcess } from '../qemu-process.ts';
import type { QmpClient } from '../qmp-client.ts';
import { contentDigest } from './content-digest.ts';
import { isDebuggerAttached } from './debugger-attached.ts';
import { type DiskFile, digestOfDisk } from './kept-start.ts';
import { PortComparison } from './port-comparison.ts';
import { actionWhereItStands, type PostponedAction } from './postponed-action.ts';
import type { RecordedAction, Recording } from './recording-file.ts';

export interface ReplayOptions {
  /** Gets disks, logs and sockets; whoever made it removes it. Its path is short. */
  scratchFolder: string;
  timeoutScale?: number;
  /** Goes so far and no further. */
  untilInstruction?: number;
  /** QEMU's debugger stub listens there on 127.0.0.1, and the machine waits for it: at the start, or at `untilInstruction`. */
  debuggerPort?: number;
  signal?: AbortSignal;
  onProgress?: (progress: ReplayProgress) => void;
  /**
   * It stood still at something that was done to the machine, and begins anew.
   *
   * @param how What is done later this time, as a sentence's end.
   */
  onAgain?: (stoodAt: ReplayProgress, how: string) => void;
  /**
   * The machine stands still for a debugger, which can be attached, or is: then it also stops where something was done to the
   * machine, after that was done again.
   *
   * @param repeated Commands of QMP.
   */
  onDebugger?: (progress: ReplayProgress, repeated: readonly string[]) => void;
}

export interface ReplayProgress {
  instruction: number;
  /** Of the console, equal so far. */
  consoleBytes: number;
  consoleTotalBytes: number;
}

/** What came of a replay. */
export type ReplayOutcome = ReplayProgress & {
  /** What had to be done later than it was noted, so that it did not stand still. */
  postponed?: readonly PostponedAction[];
} & (
    | { kind: 'exact'; compared: string[] }
    /** Equal up to that instruction; nothing beyond was replayed. */
    | { kind: 'exact-so-far'; because: string }
    | { kind: 'diverged'; what: string; expected?: string; got: string; standsStill?: true }
    | { kind: 'interrupted' }
  );

interface ReplayParts {
  folder: string;
  recording: Recording;
  /** Those that it writes to. */
  disks: readonly DiskFile[];
  qemu: QemuProcess;
  qmp: QmpClient;
}

type Stop = Divergence | { kind: 'exact-so-far'; because: string };
type Divergence = Omit<Extract<ReplayOutcome, { kind: 'diverged' }>, keyof ReplayProgress | 'postponed'>;

const lookIntervalMs = 100;
const wakeIntervalMs = 1;
/** A replay whose next event does not come waits for ever. */
const standstillMs = 20_000;

/** A replay that QEMU is ready for: it waits before its first instruction. */
export class RunningReplay {
  readonly #parts: ReplayParts;
  readonly #options: ReplayOptions;
  readonly #ports: readonly PortComparison[];
  readonly #actions: RecordedAction[];
  /** Where it ends, or a debugger gets it. */
  #end: { instruction: number; because: string } | undefined;
  #handedOverAt: number | undefined;
  #exit: QemuExit | undefined;
  #instruction = 0;
  #movedAtMs = performance.now();

  constructor(parts: ReplayParts, options: ReplayOptions) {
    this.#parts = parts;
    this.#options = options;
    const { folder, recording, qemu } = parts;
    this.#actions = [...recording.actions];
    this.#end = endOf(recording, options.untilInstruction);
    this.#ports = recording.serialPorts.map(
      ({ name, path }) => new PortComparison(name, join(folder, path), join(options.scratchFolder, path)),
    );
    void qemu.exited.then((exit) => {
      this.#exit = exit;
    });
  }

  /** Runs to the end, or to where it is to end, or to where it is another run. */
  async run(): Promise<ReplayOutcome> {
    const { debuggerPort, untilInstruction, signal, onProgress } = this.#options;
    await this.#start(debuggerPort !== undefined && untilInstruction === undefined);
    void this.#keepAwake();
    while (true) {
      const isWhole = this.#exit !== undefined;
      const stopped = isWhole ? undefined : await this.#look();
      const different = await this.#comparePorts(isWhole);
      onProgress?.(this.#progress());
      if (different) return { ...different, ...this.#progress() };
      if (isWhole) return { ...(await this.#compareEnd()), ...this.#progress() };
      if (signal?.aborted) return { kind: 'interrupted', ...this.#progress() };
      if (stopped) return { ...stopped, ...this.#progress() };
      if (this.#isStuck()) return { ...this.#stuck(), ...this.#progress() };
      await Promise.race([setTimeout(lookIntervalMs), this.#parts.qemu.exited]);
    }
  }

  async #start(waitsForDebugger: boolean): Promise<void> {
    await this.#repeatActions(0);
    await this.#breakAtNext();
    if (waitsForDebugger) this.#giveToDebugger([]);
    else await this.#parts.qmp.execute('cont');
  }

  /**
   * QEMU 7.2 takes a step of the replay of an idle guest only when its main loop wakes up. Left to itself that is a few
   * times a second, and the replay takes ten times as long.
   */
  async #keepAwake(): Promise<void> {
    while (this.#exit === undefined) {
      await this.#parts.qmp.execute('query-status').catch(() => undefined);
      await setTimeout(wakeIntervalMs, undefined, { ref: false });
    }
  }

  /** {@link #goOn} of a machine that may end while it is asked: the next turn compares the whole then. */
  async #look(): Promise<Stop | undefined> {
    try {
      const { qmp } = this.#parts;
      const { status } = await qmp.execute<{ status: string }>('query-status');
      const { icount } = await qmp.execute<{ icount: number }>('query-replay');
      const isMoving = icount !== this.#instruction;
      this.#instruction = icount;
      const stop = await this.#goOn(status);
      if (isMoving || (await this.#isDebuggers(status))) this.#movedAtMs = performance.now();
      return stop;
    } catch (error) {
      if ((error as { code?: string }).code !== 'VM_MACHINE_OFF') throw error;
      return undefined;
    }
  }

  /** Where the machine stands still, does what was done there then. @returns why it is not to go on. */
  async #goOn(status: string): Promise<Stop | undefined> {
    const { debuggerPort } = this.#options;
    const { qmp } = this.#parts;
    const at = this.#instruction;
    const missed = this.#actions.find(({ instruction }) => instruction < at);
    if (missed) return letGoTooEarly(missed);
    if (this.#end && at > this.#end.instruction) return soFar(this.#end.because);
    // A debugger may have come to this place by a step or a breakpoint of its own.
    if (status !== 'paused' && status !== 'debug') return undefined;
    const isAtEnd = at === this.#end?.instruction && at !== this.#handedOverAt;
    if (isAtEnd && debuggerPort === undefined) return soFar(this.#end!.because);
    const repeated = await this.#repeatActions(at);
    if (isAtEnd) {
      this.#handedOverAt = at;
      // From what was asked for it can go on, but no further than was recorded.
      this.#end = this.#parts.recording.heldUntil;
    }
    if (!isAtEnd && repeated.length === 0) return undefined;
    await this.#breakAtNext();
    // A debugger that was told of the stop would take a machine that runs on for one that stands still.
    if (isAtEnd || (debuggerPort !== undefined && (await isDebuggerAttached(qmp)))) {
      this.#giveToDebugger(isAtEnd ? [] : repeated);
    } else await qmp.execute('cont');
    return undefined;
  }

  async #repeatActions(instruction: number): Promise<string[]> {
    const repeated: string[] = [];
    while (this.#actions[0]?.instruction === instruction) {
      const { execute, arguments: given } = this.#actions.shift()!;
      if (execute !== 'stop') await this.#parts.qmp.execute(execute, given);
      repeated.push(execute);
    }
    return repeated;
  }

  async #breakAtNext(): Promise<void> {
    const places = [this.#actions[0]?.instruction, this.#end?.instruction].filter(
      (at) => at !== undefined && at !== this.#handedOverAt,
    ) as number[];
    if (places.length > 0) await this.#parts.qmp.execute('replay-break', { icount: Math.min(...places) });
  }

  #giveToDebugger(repeated: readonly string[]): void {
    this.#options.onDebugger?.(this.#progress(), repeated);
  }

  /** It may stand still as long as whoever holds it likes. */
  async #isDebuggers(status: string): Promise<boolean> {
    if (this.#options.debuggerPort === undefined) return false;
    return status !== 'running' || (await isDebuggerAttached(this.#parts.qmp));
  }

  #isStuck(): boolean {
    const limitMs = standstillMs * (this.#options.timeoutScale ?? 1);
    return performance.now() - this.#movedAtMs > limitMs;
  }

  #stuck(): Divergence {
    const action = actionWhereItStands(this.#parts.recording.actions, this.#instruction);
    return action === undefined ? stuck : stuckAtAction(action);
  }

  async #comparePorts(isWhole: boolean): Promise<Divergence | undefined> {
    for (const port of this.#ports) {
      const different = await port.look(isWhole);
      if (different === undefined) continue;
      const what = `port ${different.port}, byte ${different.offsetBytes}`;
      return { kind: 'diverged', what, expected: different.expected, got: different.got };
    }
    return undefined;
  }

  /** QEMU has ended, and its ports have printed the same. */
  async #compareEnd(): Promise<Divergence | { kind: 'exact'; compared: string[] }> {
    const { recording, disks, qemu } = this.#parts;
    const { scratchFolder } = this.#options;
    if (this.#exit?.exitCode !== 0) return { kind: 'diverged', what: 'QEMU', got: await qemu.printed() };
    const compared = recording.serialPorts.map(({ name, sizeBytes }) => `${name} (${sizeBytes} bytes)`);
    for (const { name, endDigest, writeLog } of recording.disks) {
      const disk = disks.find((one) => one.name === name)!;
      const digest = await digestOfDisk(disk, join(scratchFolder, `${name}.end`));
      if (digest !== endDigest)
        return { kind: 'diverged', what: `disk ${name}`, expected: endDigest, got: digest };
      compared.push(`disk ${name}`);
      if (writeLog === undefined) continue;
      const got = await contentDigest(join(scratchFolder, basename(writeLog.path)));
      const what = `write log of disk ${name}`;
      if (got !== writeLog.digest) return { kind: 'diverged', what, expected: writeLog.digest, got };
      compared.push(what);
    }
    return { kind: 'exact', compared };
  }

  #progress(): ReplayProgress {
    return {
      instruction: this.#instruction,
      consoleBytes: this.#ports[0]!.equalBytes,
      consoleTotalBytes: this.#parts.recording.serialPorts[0]!.sizeBytes,
    };
  }
}

const stuck: Divergence = {
  kind: 'diverged',
  what: 'the machine',
  got: `it stands still: what comes next in the recording does not come to pass`,
  standsStill: true,
};

function soFar(because: string): Stop {
  return { kind: 'exact-so-far', because };
}

/** A debugger hears of a stop when Assay does. */
function letGoTooEarly({ execute, instruction }: RecordedAction): Divergence {
  const got = `it let the machine go on from instruction ${instruction} before ${execute} was done there; wait for Assay to say so`;
  return { kind: 'diverged', what: 'the debugger', got };
}

/** Its place among QEMU's own events at that instruction is in no recording, and matters where the guest was busy. */
function stuckAtAction({ execute, instruction }: RecordedAction): Divergence {
  const got = `it stands still where ${execute} was done to it, at instruction ${instruction}: up to there it is the recorded run`;
  return { ...stuck, got };
}

/** Where the replay is to end before its end. */
function endOf({ heldUntil }: Recording, untilInstruction: number | undefined) {
  if (untilInstruction !== undefined && untilInstruction <= (heldUntil?.instruction ?? Infinity)) {
    return { instruction: untilInstruction, because: 'no more was asked for' };
  }
  return heldUntil;
}
