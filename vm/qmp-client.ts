import { EventEmitter } from 'node:events';
import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';
import { Deadline } from '../foundation/index.ts';
import { againHere } from './console/again-here.ts';
import { vmErrors } from './errors.ts';

/** Something that QEMU reports of a machine (QMP, docs/interop/qmp-spec): `RESET`, `SHUTDOWN`, `WATCHDOG`. */
export interface QmpEvent {
  event: string;
  data: Record<string, unknown>;
  /** When QEMU says that it happened, in seconds since the epoch. */
  timestampSeconds: number;
}

interface QmpMessage {
  QMP?: unknown;
  id?: number;
  return?: unknown;
  error?: { class: string; desc: string };
  event?: string;
  data?: Record<string, unknown>;
  timestamp?: { seconds: number; microseconds: number };
}

type CommandWrapper = (
  name: string,
  commandArguments: Record<string, unknown> | undefined,
  run: () => Promise<unknown>,
) => Promise<unknown>;

interface PendingCommand {
  name: string;
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

const commandTimeoutMs = 10_000;

/** Speaks QEMU's machine protocol (QMP, docs/interop/qmp-spec) over a stream. Emits `event`. */
export class QmpClient extends EventEmitter<{ event: [QmpEvent] }> {
  readonly #stream: Duplex;
  readonly #pending = new Map<number, PendingCommand>();
  readonly #greeted = Promise.withResolvers<void>();
  readonly #timeoutScale: number;
  /** Goes around every command, where a machine is recorded: see {@link RecordedControl}. */
  around: CommandWrapper | undefined;
  /** Events that nobody is told of. */
  unheard: readonly string[] = [];
  #nextId = 1;
  #closed = false;

  constructor(stream: Duplex, timeoutScale = 1) {
    super();
    this.#stream = stream;
    this.#timeoutScale = timeoutScale;
    this.#greeted.promise.catch(() => undefined);
    const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
    lines.on('line', (line) => this.#receive(line));
    // Lines pass on the errors of their stream; what they mean shows as its close.
    lines.on('error', () => undefined);
    stream.on('error', () => undefined);
    stream.on('close', () => this.#close());
  }

  /** Takes QEMU's greeting and leaves negotiation, after which commands are accepted. */
  async negotiate(deadline: Deadline): Promise<void> {
    await deadline.race(this.#greeted.promise, 'wait for the greeting of QEMU');
    await this.execute('qmp_capabilities');
  }

  /**
   * Runs a command and gives what it returned.
   *
   * @throws VM_QMP_FAILED when QEMU refuses it, VM_QMP_TIMEOUT when it does not answer, VM_MACHINE_OFF when QEMU
   * is gone.
   */
  async execute<Result = unknown>(
    name: string,
    commandArguments?: Record<string, unknown>,
    timeoutMs = commandTimeoutMs,
  ): Promise<Result> {
    const run = () => this.executeAtOnce<Result>(name, commandArguments, timeoutMs);
    return this.around === undefined
      ? await run()
      : ((await this.around(name, commandArguments, run)) as Result);
  }

  /** {@link execute}, whatever goes around it. */
  async executeAtOnce<Result = unknown>(
    name: string,
    commandArguments?: Record<string, unknown>,
    timeoutMs = commandTimeoutMs,
  ): Promise<Result> {
    if (this.#closed) throw gone(name);
    const id = this.#nextId;
    this.#nextId += 1;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#pending.set(id, { name, resolve, reject });
    this.#stream.write(`${JSON.stringify({ execute: name, arguments: commandArguments, id })}\n`);
    const limitMs = timeoutMs * this.#timeoutScale;
    try {
      return (await Deadline.after(limitMs).race(promise, name, () =>
        vmErrors.VM_QMP_TIMEOUT({ tried: `QMP ${name}`, expected: `an answer within ${limitMs} ms` }),
      )) as Result;
    } catch (error) {
      throw againHere(error);
    } finally {
      this.#pending.delete(id);
    }
  }

  /** Runs a command of the human monitor, for what QMP does not have. */
  async monitor(commandLine: string): Promise<string> {
    return await this.execute<string>('human-monitor-command', { 'command-line': commandLine });
  }

  #receive(line: string): void {
    let message: QmpMessage;
    try {
      message = JSON.parse(line) as QmpMessage;
    } catch {
      // A half line at QEMU's end; its exit is reported by who owns the process.
      return;
    }
    if (message.QMP !== undefined) this.#greeted.resolve();
    else if (message.event !== undefined) this.#emitEvent(message);
    else if (message.id !== undefined) this.#settle(message.id, message);
  }

  #emitEvent({ event, data = {}, timestamp }: QmpMessage): void {
    if (this.unheard.includes(event!)) return;
    const timestampSeconds = timestamp ? timestamp.seconds + timestamp.microseconds / 1e6 : Number.NaN;
    this.emit('event', { event: event!, data, timestampSeconds });
  }

  #settle(id: number, message: QmpMessage): void {
    const command = this.#pending.get(id);
    if (!command) return;
    if (message.error) {
      command.reject(vmErrors.VM_QMP_FAILED({ tried: `QMP ${command.name}`, got: message.error.desc }));
    } else {
      command.resolve(message.return);
    }
  }

  #close(): void {
    this.#closed = true;
    this.#greeted.reject(gone('the greeting'));
    for (const command of this.#pending.values()) command.reject(gone(command.name));
  }
}

function gone(name: string): Error {
  return vmErrors.VM_MACHINE_OFF({ tried: `QMP ${name}`, got: 'QEMU has closed the connection' });
}
