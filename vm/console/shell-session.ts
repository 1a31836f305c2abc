import { randomInt } from 'node:crypto';
import { Deadline } from '../../foundation/index.ts';
import { vmErrors } from '../errors.ts';
import { againHere } from './again-here.ts';
import { type CommandFrame, CommandFrameReader } from './command-frames.ts';
import { garbledFrame } from './garbled-frame.ts';
import { lastLook } from './last-look.ts';
import type { SerialConsole } from './serial-console.ts';
import { commandLines, shellLoopLine } from './shell-loop.ts';

/** How one command runs: `console.run(command, options)`. */
export interface CommandOptions {
  /** Milliseconds, before the time-out scale; 30 000 by default. */
  timeoutMs?: number;
  /** Statuses that are no error; `any` accepts all. */
  acceptExitCodes?: readonly number[] | 'any';
  /** More output than this, by default 64 MiB, is an error; what came is in the console's log all the same. */
  maxOutputBytes?: number;
}

/** What one command did, of `console.run`. */
export interface CommandResult {
  /** What the command printed on both of its outputs, kernel messages taken out. */
  output: string;
  /** Its exit status, 0 to 255. */
  exitCode: number;
  /** What the kernel printed meanwhile. */
  kernelMessages: readonly string[];
  /** From the typing of the command to its answer, in milliseconds. */
  durationMs: number;
}

/**
 * What has to be known of a command loop in a guest's shell to go on with it: also by another console, of a machine
 * that goes on from this one's memory.
 */
export interface ShellLoop {
  nonce: string;
  /** The number of the last command. */
  sequence: number;
  isReady: boolean;
}

const defaultCommandTimeoutMs = 30_000;
const defaultMaxOutputBytes = 64 * 1024 * 1024;
const reachShellTimeoutMs = 30_000;
const interruptTimeoutMs = 3_000;

/** Assay's command loop in the shell of one console: set up once, then a round trip per command. */
export class ShellSession {
  readonly #console: SerialConsole;
  #loop: ShellLoop;
  #lost = false;
  #busy: Promise<unknown> = Promise.resolve();

  /** @param loop Where what is known of the loop is kept; a loop that is ready is gone on with. */
  constructor(console: SerialConsole, loop: ShellLoop = { nonce: '', sequence: 0, isReady: false }) {
    this.#console = console;
    this.#loop = loop;
  }

  /** Commands on one console run one after the other. */
  async run(command: string, options: CommandOptions): Promise<CommandResult> {
    const before = this.#busy;
    const turn = Promise.withResolvers<void>();
    this.#busy = turn.promise;
    try {
      await before;
      return await this.#run(command, options);
    } finally {
      turn.resolve();
    }
  }

  /** Ends the loop: the system's init gives the console a new shell. */
  async release(): Promise<void> {
    await this.#busy;
    if (!this.#loop.isReady || this.#lost) return;
    this.#loop.isReady = false;
    await this.#console.send(commandLines('exit 0', this.#loop.sequence + 1));
  }

  /** The guest restarted: the loop is gone. */
  lost(): void {
    this.#lost = true;
    this.#loop.isReady = false;
    // What this session still notes must not reach the one that comes after it.
    this.#loop = { ...this.#loop };
  }

  async #run(command: string, options: CommandOptions): Promise<CommandResult> {
    if (!this.#loop.isReady) await this.#setUp();
    const startMs = performance.now();
    const frame = await this.#exchange(command, options);
    if (frame.shellEnded) this.#loop.isReady = false;
    const { output, exitStatus: exitCode, kernelMessages } = frame;
    const accepted = options.acceptExitCodes ?? [0];
    if (accepted !== 'any' && !accepted.includes(exitCode)) {
      throw vmErrors.VM_COMMAND_FAILED({
        tried: `run \`${command}\` on the ${this.#console.name}`,
        expected: `exit status ${accepted.join(' or ')}`,
        got: `exit status ${exitCode}, and it printed: ${output.trim().slice(-2000) || '(nothing)'}`,
      });
    }
    return { output, exitCode, kernelMessages, durationMs: performance.now() - startMs };
  }

  /**
   * Types the loop's line until the loop answers. A shell that is only about to start takes it from its input
   * later; a second copy of the line is no command of the loop and is passed over.
   */
  async #setUp(): Promise<void> {
    this.#loop.nonce = makeNonce();
    this.#loop.sequence = 0;
    const deadline = Deadline.after(reachShellTimeoutMs * this.#console.timeoutScale);
    const sinceMs = performance.now();
    const hello = new RegExp(`@${this.#loop.nonce}:0:h:;`);
    for (let patienceMs = 1500; !deadline.expired; patienceMs *= 2) {
      await this.#console.send(shellLoopLine(this.#loop.nonce));
      const timeoutMs = Math.min(patienceMs, deadline.remainingMs) / this.#console.timeoutScale;
      const answered = await this.#console.expect(hello, { timeoutMs }).catch(rethrowUnlessTimeout);
      if (answered) {
        this.#loop.isReady = true;
        return;
      }
    }
    const tried = `reach a shell on the ${this.#console.name}`;
    const excuse = (await this.#console.diagnose(sinceMs)) ?? this.#garbled(tried);
    if (excuse) throw excuse;
    throw vmErrors.VM_SHELL_NOT_REACHED({
      tried,
      expected: `an answer within ${Math.round(deadline.totalMs / 1000)} s`,
      got: `the last lines:\n${this.#console.tail(10).join('\n')}`,
    });
  }

  async #exchange(command: string, options: CommandOptions): Promise<CommandFrame> {
    mustBeTypable(command);
    this.#loop.sequence += 1;
    const maxOutputBytes = options.maxOutputBytes ?? defaultMaxOutputBytes;
    const reader = new CommandFrameReader(this.#loop.nonce, this.#loop.sequence, maxOutputBytes);
    const { answer, finished } = this.#read(reader, command, maxOutputBytes);
    const failure = this.#console.failure(true);
    const totalMs = (options.timeoutMs ?? defaultCommandTimeoutMs) * this.#console.timeoutScale;
    try {
      await this.#console.send(commandLines(command, this.#loop.sequence));
      return await this.#byThen(Promise.race([answer, failure.promise]), totalMs, () =>
        this.#timeout(command, totalMs, reader),
      );
    } catch (error) {
      // A command that was refused left the loop at its prompt, which Ctrl-C would end.
      const isAtRest = reader.garbledLength !== undefined;
      const goesOn = !this.#console.ended && !this.#lost;
      this.#loop.isReady = goesOn && (isAtRest || (await this.#interrupt(finished)));
      throw againHere(error);
    } finally {
      failure.release();
      this.#console.setTap(undefined);
    }
  }

  async #byThen<Found>(found: Promise<Found>, totalMs: number, timeout: () => Error): Promise<Found> {
    const sinceMs = performance.now();
    const expired = new Error('expired');
    try {
      return await Deadline.after(totalMs).race(found, 'run a command', () => expired);
    } catch (error) {
      if (error !== expired) throw error;
      const diagnose = (since: number) => this.#console.diagnose(since);
      return await lastLook(found, { sinceMs, totalMs, diagnose, timeout });
    }
  }

  #read(reader: CommandFrameReader, command: string, maxOutputBytes: number) {
    const answer = Promise.withResolvers<CommandFrame>();
    const finished = Promise.withResolvers<void>();
    answer.promise.catch(() => undefined);
    this.#console.setTap((piece) => {
      if (this.#lost) {
        // What comes now is said by another start of the guest, to whoever waits for that.
        this.#console.setTap(undefined);
        answer.reject(this.#shellEnded(command, reader));
        return piece;
      }
      const done = reader.push(piece);
      if (reader.garbledLength !== undefined) {
        answer.reject(this.#arrivedGarbled(command, reader.garbledLength));
      }
      if (reader.tooLarge) answer.reject(this.#tooLarge(command, maxOutputBytes));
      if (!done) return undefined;
      this.#console.setTap(undefined);
      finished.resolve();
      answer.resolve(done.frame);
      return { kind: 'program', text: done.rest };
    });
    return { answer: answer.promise, finished: finished.promise };
  }

  /** Presses Ctrl-C; true when the command has ended by it and the loop goes on. */
  async #interrupt(finished: Promise<void>): Promise<boolean> {
    const deadline = Deadline.after(interruptTimeoutMs * this.#console.timeoutScale);
    try {
      await this.#console.send('\u0003');
      await deadline.race(finished, 'interrupt a command');
      return true;
    } catch {
      // The command cannot be interrupted. The error of the command itself says more than this one.
      return false;
    }
  }

  /** What keeps a time-out from being the command's own comes first. */
  #timeout(command: string, totalMs: number, reader: CommandFrameReader): Error {
    if (this.#lost) return this.#shellEnded(command, reader);
    const tried = `run \`${command}\` on the ${this.#console.name}`;
    const garbled = this.#garbled(tried, reader.beginIsMissing);
    if (garbled) return garbled;
    return vmErrors.VM_COMMAND_TIMEOUT({
      tried,
      expected: `its end within ${(totalMs / 1000).toFixed(1)} s`,
      got: `it printed so far: ${reader.output.trim().slice(-2000) || '(nothing)'}`,
    });
  }

  #shellEnded(command: string, reader: CommandFrameReader): Error {
    return vmErrors.VM_SHELL_ENDED({
      tried: `run \`${command}\` on the ${this.#console.name}`,
      got: `the guest restarted; the command had printed: ${reader.output.trim().slice(-2000) || '(nothing)'}`,
    });
  }

  /** The error where the loop's own talk has come damaged, or lacks what has to have been there. */
  #garbled(tried: string, isMissing = false): Error | undefined {
    const { nonce, sequence } = this.#loop;
    const lines = this.#console.recent.whole;
    const damaged = garbledFrame(lines, nonce, sequence) ?? (isMissing ? lines.at(-1) : undefined);
    if (damaged === undefined) return undefined;
    return vmErrors.VM_CONSOLE_GARBLED({
      tried,
      expected: `@${nonce}:${sequence}:`,
      got: damaged,
    });
  }

  #arrivedGarbled(command: string, length: number): Error {
    return vmErrors.VM_CONSOLE_GARBLED({
      tried: `type \`${command}\` on the ${this.#console.name}; it was not run`,
      expected: `${[...command].length} characters`,
      got: `${length} arrived`,
    });
  }

  #tooLarge(command: string, maxOutputBytes: number): Error {
    return vmErrors.VM_OUTPUT_TOO_LARGE({
      tried: `run \`${command}\` on the ${this.#console.name}`,
      expected: `at most ${maxOutputBytes} bytes of output`,
    });
  }
}

/** Terminals take control characters for themselves: Return for a line end, others for signals. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
const untypable = /[\x00-\x08\x0b-\x1f\x7f]/;

function mustBeTypable(command: string): void {
  const found = untypable.exec(command);
  if (!found) return;
  const tried = `run ${JSON.stringify(command)}`;
  throw vmErrors.VM_COMMAND_UNTYPABLE({ tried, got: `${JSON.stringify(found[0])} at ${found.index}` });
}

/** Letters that spell no word a log is searched for. */
const nonceAlphabet = 'abcghjkmnpqsuvwxyz23456789';

function makeNonce(): string {
  return Array.from({ length: 12 }, () => nonceAlphabet[randomInt(nonceAlphabet.length)]).join('');
}

const passing = ['VM_CONSOLE_TIMEOUT', 'VM_CONSOLE_SILENT', 'VM_CONSOLE_FLOODED', 'VM_MACHINE_STALLED'];

function rethrowUnlessTimeout(error: unknown): undefined {
  const code = (error as { code?: string }).code ?? '';
  // Of a host that was unfair only for the moment the next turn knows nothing; the last word is about the whole time.
  if (passing.includes(code)) return undefined;
  throw error;
}
