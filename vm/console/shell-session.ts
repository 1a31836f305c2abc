import { randomInt } from 'node:crypto';
import { Deadline } from '../../foundation/index.ts';
import { vmErrors } from '../errors.ts';
import { againHere } from './again-here.ts';
import { type CommandFrame, CommandFrameReader } from './command-frames.ts';
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

const defaultCommandTimeoutMs = 30_000;
const defaultMaxOutputBytes = 64 * 1024 * 1024;
const reachShellTimeoutMs = 30_000;
const interruptTimeoutMs = 3_000;

/** Assay's command loop in the shell of one console: set up once, then a round trip per command. */
export class ShellSession {
  readonly #console: SerialConsole;
  #nonce = '';
  #sequence = 0;
  #ready = false;
  #lost = false;
  #busy: Promise<unknown> = Promise.resolve();

  constructor(console: SerialConsole) {
    this.#console = console;
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
    if (!this.#ready || this.#lost) return;
    this.#ready = false;
    await this.#console.send(commandLines('exit 0', this.#sequence + 1));
  }

  /** The guest restarted: the loop is gone. */
  lost(): void {
    this.#lost = true;
  }

  async #run(command: string, options: CommandOptions): Promise<CommandResult> {
    if (!this.#ready) await this.#setUp();
    const startMs = performance.now();
    const frame = await this.#exchange(command, options);
    if (frame.shellEnded) this.#ready = false;
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
    this.#nonce = makeNonce();
    this.#sequence = 0;
    const deadline = Deadline.after(reachShellTimeoutMs * this.#console.timeoutScale);
    const hello = new RegExp(`@${this.#nonce}:0:h:;`);
    for (let patienceMs = 1500; !deadline.expired; patienceMs *= 2) {
      await this.#console.send(shellLoopLine(this.#nonce));
      const timeoutMs = Math.min(patienceMs, deadline.remainingMs) / this.#console.timeoutScale;
      const answered = await this.#console.expect(hello, { timeoutMs }).catch(rethrowUnlessTimeout);
      if (answered) {
        this.#ready = true;
        return;
      }
    }
    throw vmErrors.VM_SHELL_NOT_REACHED({
      tried: `reach a shell on the ${this.#console.name}`,
      expected: `an answer within ${Math.round(deadline.totalMs / 1000)} s`,
      got: `the last lines:\n${this.#console.tail(10).join('\n')}`,
    });
  }

  async #exchange(command: string, options: CommandOptions): Promise<CommandFrame> {
    this.#sequence += 1;
    const maxOutputBytes = options.maxOutputBytes ?? defaultMaxOutputBytes;
    const reader = new CommandFrameReader(this.#nonce, this.#sequence, maxOutputBytes);
    const { answer, finished } = this.#read(reader, command, maxOutputBytes);
    const failure = this.#console.failure(true);
    const totalMs = (options.timeoutMs ?? defaultCommandTimeoutMs) * this.#console.timeoutScale;
    try {
      await this.#console.send(commandLines(command, this.#sequence));
      return await Deadline.after(totalMs).race(Promise.race([answer, failure.promise]), command, () =>
        this.#timeout(command, totalMs, reader),
      );
    } catch (error) {
      this.#ready = !this.#console.ended && !this.#lost && (await this.#interrupt(finished));
      throw againHere(error);
    } finally {
      failure.release();
      this.#console.setTap(undefined);
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

  #timeout(command: string, totalMs: number, reader: CommandFrameReader): Error {
    return vmErrors.VM_COMMAND_TIMEOUT({
      tried: `run \`${command}\` on the ${this.#console.name}`,
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

  #tooLarge(command: string, maxOutputBytes: number): Error {
    return vmErrors.VM_OUTPUT_TOO_LARGE({
      tried: `run \`${command}\` on the ${this.#console.name}`,
      expected: `at most ${maxOutputBytes} bytes of output`,
    });
  }
}

/** Letters that spell no word a log is searched for. */
const nonceAlphabet = 'abcghjkmnpqsuvwxyz23456789';

function makeNonce(): string {
  return Array.from({ length: 12 }, () => nonceAlphabet[randomInt(nonceAlphabet.length)]).join('');
}

function rethrowUnlessTimeout(error: unknown): undefined {
  const code = (error as { code?: string }).code ?? '';
  if (['VM_CONSOLE_TIMEOUT', 'VM_CONSOLE_SILENT', 'VM_CONSOLE_FLOODED'].includes(code)) return undefined;
  throw error;
}
