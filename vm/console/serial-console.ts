import type { Duplex } from 'node:stream';
import { Deadline } from '../../foundation/index.ts';
import { vmErrors } from '../errors.ts';
import { againHere } from './again-here.ts';
import { type ConsoleMatch, describePatterns, type PatternsByKey, takeFirstMatch } from './console-waiter.ts';
import { type ConsoleWait, ConsoleWaits } from './console-waits.ts';
import { type ConsoleSign, ConsoleWatch } from './console-watch.ts';
import { type ConsolePattern, ConsoleWindow } from './console-window.ts';
import { GuestRestarts } from './guest-restarts.ts';
import { type ConsolePiece, KernelLineSplitter } from './kernel-lines.ts';
import { lastLook } from './last-look.ts';
import { RecentLines } from './recent-lines.ts';
import { Redactor } from './redactor.ts';
import type { ExpectOptions, SerialConsoleOptions } from './serial-console-options.ts';
import { type CommandOptions, type CommandResult, ShellSession } from './shell-session.ts';
import { TerminalText } from './terminal-text.ts';
import { timeoutError } from './timeout-error.ts';
import { writeAll } from './write-all.ts';

export const defaultExpectTimeoutMs = 30_000;

/** A panic's call trace comes right after its first line, and a restart's last words before it; errors shall show them. */
const panicTraceMs = 300;

/**
 * A scripted serial console over any byte stream (spec H2): QEMU's socket, or a real board's serial port. It reads
 * always, whether or not anybody waits (design 11).
 */
export class SerialConsole {
  readonly name: string;
  /** @internal */
  readonly recent = new RecentLines();
  /** @internal */
  readonly restarts = new GuestRestarts();
  /** Bytes received so far. */
  receivedBytes = 0;
  /** When the last byte came, on the clock of performance.now(). */
  lastByteAtMs = performance.now();
  readonly #stream: Duplex;
  readonly #options: SerialConsoleOptions;
  readonly #terminal = new TerminalText();
  readonly #splitter = new KernelLineSplitter();
  readonly #window = new ConsoleWindow();
  readonly #watch = new ConsoleWatch((sign) => this.#onSign(sign));
  readonly #recordDecoder = new TextDecoder('utf-8');
  readonly #redactor: Redactor;
  readonly #waits: ConsoleWaits;
  readonly #listeners = new Set<(text: string) => void>();
  #tap: ((piece: ConsolePiece) => ConsolePiece | undefined) | undefined;
  #shell: ShellSession;
  #ended: Error | undefined;
  #matchScheduled = false;

  constructor(stream: Duplex, options: SerialConsoleOptions) {
    this.name = options.name;
    this.#stream = stream;
    this.#waits = new ConsoleWaits((isWaiting) => stream.emit('waiting', isWaiting));
    this.#options = options;
    this.#redactor = options.redactor ?? new Redactor();
    this.#shell = new ShellSession(this, options.shellLoop);
    stream.on('data', (bytes: Buffer) => this.#receive(bytes));
    // What is wrong shows as the end of the stream; an error without a listener would end the runner.
    stream.on('error', () => undefined);
    for (const end of ['end', 'close']) stream.on(end, () => void this.#onClose());
  }

  /** Types text as it is: `send('\x03')` is Ctrl-C. @throws what ended the machine, when it is gone. */
  async send(text: string): Promise<void> {
    this.#options.recorder?.input(this.#redactor.clean(text));
    await this.#write(text);
  }

  /** Types a line and Return; without a line only Return. @throws as {@link send}. */
  async sendLine(line = ''): Promise<void> {
    await this.send(`${line}\r`);
  }

  /** Types a secret and Return; it reaches no recording, no log and no error, also where the guest echoes it. */
  async sendSecretLine(secret: string): Promise<void> {
    await this.#options.beforeSecret?.(secret);
    this.#redactor.add(secret);
    await this.sendLine(secret);
  }

  /**
   * Waits until the console shows a text, a match of a regular expression, or the first of several.
   *
   * @returns What was found; `which` is the key of the pattern (`match` when there is only one).
   * @throws VM_CONSOLE_TIMEOUT, VM_CONSOLE_SILENT or VM_CONSOLE_FLOODED when it does not come in time,
   * VM_GUEST_PANICKED at once, VM_GUEST_RESTARTED where it says so, and what ended the machine as soon as it is gone.
   * @example
   * await console.expect('login: ', { timeoutMs: 60_000 });
   * const found = await console.expect({ ready: /READY (\d+) s/, failed: 'FAILED' });
   * if (found.which === 'ready') bench.measure('boot', Number(found.groups[0]), 's');
   */
  async expect(pattern: ConsolePattern, options?: ExpectOptions): Promise<ConsoleMatch<'match'>>;
  async expect<Key extends string>(
    patterns: PatternsByKey<Key>,
    options?: ExpectOptions,
  ): Promise<ConsoleMatch<Key>>;
  async expect(
    wanted: ConsolePattern | PatternsByKey<string>,
    options: ExpectOptions = {},
  ): Promise<ConsoleMatch> {
    const single = typeof wanted === 'string' || wanted instanceof RegExp;
    const patterns: PatternsByKey<string> = single ? { match: wanted } : wanted;
    const totalMs = (options.timeoutMs ?? defaultExpectTimeoutMs) * this.timeoutScale;
    const match = await this.#waitFor(patterns, totalMs, options);
    this.#options.onMatch?.({ expected: describePatterns(patterns), view: match.view });
    return match;
  }

  /**
   * Runs a command in the guest's shell and gives its output and exit status. The shell must be at its prompt when
   * this is used first; nothing of it reaches the guest's disk.
   *
   * @throws VM_COMMAND_FAILED when the status is not accepted, VM_COMMAND_TIMEOUT, VM_SHELL_NOT_REACHED,
   * VM_SHELL_ENDED, VM_OUTPUT_TOO_LARGE, VM_CONSOLE_GARBLED, VM_COMMAND_UNTYPABLE, and all that {@link expect} throws.
   * @example
   * const { output } = await console.run('cat /etc/hostname');
   * const { exitCode } = await console.run('test -e /etc/shadow', { acceptExitCodes: 'any' });
   */
  async run(command: string, options: CommandOptions = {}): Promise<CommandResult> {
    return await this.#shell.run(command, options);
  }

  /** The guest starts anew: its shell, and the command loop in it, are gone. `cause`: it did so by itself. @internal */
  guestRestarted(cause?: string): void {
    this.#shell.lost();
    this.#shell = new ShellSession(this, this.#options.shellLoop);
    if (cause === undefined) return;
    this.restarts.add(cause);
    const waiting = [...this.#waits].filter(({ restartFails }) => restartFails);
    setTimeout(() => this.#fail(waiting, vmErrors.VM_GUEST_RESTARTED, cause), panicTraceMs);
  }

  /** Ends the command loop, so that a person gets the shell back. */
  async releaseShell(): Promise<void> {
    await this.#shell.release();
    this.#shell = new ShellSession(this, this.#options.shellLoop);
  }

  /** @internal */
  get timeoutScale(): number {
    return this.#options.timeoutScale ?? 1;
  }

  /** Whether somebody else than the guest is to blame for a wait that is over. @internal */
  async diagnose(sinceMs: number): Promise<Error | undefined> {
    return await this.#options.diagnose?.(sinceMs);
  }

  /** Why nothing more can come; undefined while the other end is there. */
  get ended(): Error | undefined {
    return this.#ended;
  }

  /** The last lines, oldest first, at most 40 and without secrets: evidence. */
  tail(count?: number): string[] {
    return this.recent.tail(count).map((line) => this.#redactor.clean(line));
  }

  /** The last line that is not empty. */
  get lastLine(): string {
    return this.#redactor.clean(this.recent.last);
  }

  /** Ends every wait, now and later, with `error`: the other end is gone, or nothing can be recorded. @internal */
  end(error: Error): void {
    this.#ended ??= error;
    const reason = this.#ended;
    // What had arrived before the end still counts.
    this.#match();
    this.#waits.fail([...this.#waits], reason);
  }

  /** Lets `listener` hear what comes, as plain text, beside all that waits. @returns what ends it. @internal */
  listen(listener: (text: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Lets `tap` see every piece before the window does; what it returns goes on to the window. @internal */
  setTap(tap: ((piece: ConsolePiece) => ConsolePiece | undefined) | undefined): void {
    this.#tap = tap;
  }

  /** A promise that rejects when the machine ends or panics: for waits that look at something else. @internal */
  failure(panicFails: boolean): { promise: Promise<never>; release: () => void } {
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => undefined);
    const wait = { attempt: () => false, fail: reject, panicFails };
    if (this.#ended) reject(this.#ended);
    else this.#waits.add(wait);
    return { promise, release: () => this.#waits.delete(wait) };
  }

  async #waitFor(
    patterns: PatternsByKey<string>,
    totalMs: number,
    options: ExpectOptions,
  ): Promise<ConsoleMatch> {
    const deadline = Deadline.after(totalMs);
    const [sinceMs, receivedBefore] = [performance.now(), this.receivedBytes];
    const found = Promise.withResolvers<ConsoleMatch>();
    const attempt = () => {
      const match = takeFirstMatch(this.#window, patterns);
      if (match) found.resolve(match);
      return match !== undefined;
    };
    if (attempt()) return await found.promise;
    if (this.#ended) throw againHere(this.#ended);
    const { panic, restart } = options;
    const fails = { panicFails: panic !== 'is-noted', restartFails: restart === 'fails' };
    const wait: ConsoleWait = { attempt, fail: found.reject, ...fails };
    this.#waits.add(wait);
    const expired = new Error('expired');
    try {
      return await deadline.race(found.promise, 'expect', () => expired);
    } catch (error) {
      if (error !== expired) throw againHere(error);
      const timeout = () => timeoutError(this, { patterns, waitedMs: totalMs, sinceMs, receivedBefore });
      const diagnose = (since: number) => this.diagnose(since);
      return await lastLook(found.promise, { sinceMs, totalMs, diagnose, timeout }).catch((late) => {
        throw againHere(late);
      });
    } finally {
      this.#waits.delete(wait);
    }
  }

  #receive(bytes: Buffer): void {
    this.receivedBytes += bytes.length;
    this.lastByteAtMs = performance.now();
    this.#record(bytes);
    const text = this.#terminal.push(bytes);
    if (text === '') return;
    this.recent.push(text);
    this.#watch.push(text);
    for (const listener of this.#listeners) listener(text);
    const pieces = this.#splitter
      .push(text)
      .flatMap((piece) => (this.#tap ? (this.#tap(piece) ?? []) : piece));
    this.#window.push(pieces, this.#tap ? '' : this.#splitter.held);
    this.#scheduleMatch();
  }

  async #onClose(): Promise<void> {
    this.#options.recorder?.output(this.#redactor.flush());
    const closed = () => vmErrors.VM_CONSOLE_CLOSED({ tried: `read the ${this.name}` });
    this.end((await this.#options.closedBecause?.()) ?? closed());
  }

  #record(bytes: Buffer): void {
    const { recorder, onText } = this.#options;
    if (!recorder && !onText) return;
    const text = this.#redactor.push(this.#recordDecoder.decode(bytes, { stream: true }));
    onText?.(text);
    if (!recorder || recorder.output(text)) return;
    this.#stream.pause();
    void recorder.drained().then(() => this.#stream.resume());
  }

  /** Once per turn of the event loop, however many chunks a flood brings in one. */
  #scheduleMatch(): void {
    if (this.#matchScheduled || this.#waits.size === 0) return;
    this.#matchScheduled = true;
    setImmediate(() => {
      this.#matchScheduled = false;
      this.#match();
    });
  }

  #match(): void {
    this.#waits.attempt();
  }

  #onSign(sign: ConsoleSign): void {
    this.#options.onSign?.(sign);
    // What a command prints may be an old log; a restart in the middle of one shows as its shell's silence.
    if (sign.kind === 'boot' && !this.#tap) this.guestRestarted();
    if (sign.kind !== 'panic') return;
    const panicked = () => [...this.#waits].filter(({ panicFails }) => panicFails);
    setTimeout(() => this.#fail(panicked(), vmErrors.VM_GUEST_PANICKED, sign.line), panicTraceMs);
  }

  /** What had come before still counts. */
  #fail(waits: readonly ConsoleWait[], make: typeof vmErrors.VM_GUEST_PANICKED, what: string): void {
    this.#match();
    const got = `${what}\n${this.tail(25).join('\n')}`;
    this.#waits.fail(waits, make({ tried: `wait on the ${this.name}`, got }));
  }

  async #write(text: string): Promise<void> {
    if (this.#ended) throw againHere(this.#ended);
    await writeAll(this.#stream, text, () => this.failure(false)).catch((error) => {
      throw againHere(error);
    });
  }
}
