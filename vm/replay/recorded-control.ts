import { setTimeout } from 'node:timers/promises';
import type { QmpClient } from '../qmp-client.ts';
import type { RecordedAction } from './recording-file.ts';

/** What a replay can do once more at the same instruction, with the same effect. */
const repeatable = new Set(['system_powerdown', 'system_reset', 'set_link', 'inject-nmi']);

/** The receiver of a serial port holds 16 bytes; while it records QEMU drops what is typed beyond. */
const chunkBytes = 8;

/** To take a chunk out of its port costs a guest this at least; then it stands still, or goes on for long. */
const fewInstructions = 200;
const manyInstructions = 20_000;
const mostWaitMs = 1000;

/** What is done to a machine while it is recorded: by commands at an instruction each, and by typing at its pace. */
export class RecordedControl {
  readonly actions: RecordedAction[] = [];
  heldUntil: { instruction: number; because: string } | undefined;
  readonly #qmp: QmpClient;
  #last: Promise<unknown> = Promise.resolve();

  constructor(qmp: QmpClient) {
    this.#qmp = qmp;
    qmp.around = (name, commandArguments, run) => this.#around(name, commandArguments, run);
  }

  /** Types in pieces that fit into the receiver, each when the guest had the time to take the one before. */
  async type(bytes: Buffer, write: (piece: Buffer) => Promise<void>): Promise<void> {
    for (let at = 0; at < bytes.length; at += chunkBytes) {
      await write(bytes.subarray(at, at + chunkBytes));
      await this.#taken();
    }
  }

  /**
   * Commands that ask change nothing. Others are done while the machine stands before an instruction that is known, for
   * QEMU does not record them.
   */
  async #around(name: string, commandArguments: Arguments, run: () => Promise<unknown>): Promise<unknown> {
    if (isHarmless(name, commandArguments)) return await run();
    const done = this.#last.then(() => this.#doAtInstruction(name, commandArguments, run));
    this.#last = done.catch(() => undefined);
    return await done;
  }

  async #doAtInstruction(
    execute: string,
    commandArguments: Arguments,
    run: () => Promise<unknown>,
  ): Promise<unknown> {
    const { status } = await this.#qmp.executeAtOnce<{ status: string }>('query-status');
    const stopsHere = status === 'running';
    if (stopsHere) await this.#qmp.executeAtOnce('stop');
    const instruction = status === 'prelaunch' ? 0 : await this.#instruction();
    try {
      return await run();
    } finally {
      if (repeatable.has(execute) || execute === 'stop') {
        this.actions.push({
          instruction,
          execute,
          ...(commandArguments === undefined ? {} : { arguments: commandArguments }),
        });
      } else {
        this.heldUntil ??= { instruction, because: describe(execute, commandArguments) };
      }
      if (stopsHere && execute !== 'stop') await this.#qmp.executeAtOnce('cont');
    }
  }

  /** The guest has had the time to take what was written: it idles again, or has done much since. */
  async #taken(): Promise<void> {
    const before = await this.#instruction();
    const sinceMs = performance.now();
    for (let last = before; performance.now() - sinceMs < mostWaitMs; ) {
      await setTimeout(1);
      const now = await this.#instruction();
      const isIdle = now === last && now - before >= fewInstructions;
      if (isIdle || now - before >= manyInstructions) return;
      last = now;
    }
  }

  async #instruction(): Promise<number> {
    return (await this.#qmp.executeAtOnce<{ icount: number }>('query-replay')).icount;
  }
}

type Arguments = Record<string, unknown> | undefined;

/** Questions, and what begins and ends the whole. */
function isHarmless(execute: string, commandArguments: Arguments): boolean {
  if (/^(query-.*|qom-get|qom-list|qmp_capabilities|cont|quit)$/.test(execute)) return true;
  return execute === 'human-monitor-command' && /^info /.test(String(commandArguments?.['command-line']));
}

function describe(execute: string, commandArguments: Arguments): string {
  const what = execute === 'human-monitor-command' ? String(commandArguments?.['command-line']) : execute;
  return `${what} was done to it, which no replay can do again`;
}
