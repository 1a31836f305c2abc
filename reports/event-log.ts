import { closeSync, fsyncSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { reportsErrors } from './errors.ts';
import { type NewEvent, type RunEvent, type RunFacts, runEventSchema, schemaVersion } from './events.ts';

/** The clocks of a log; tests bring their own. */
export interface LogClocks {
  /** Milliseconds on a monotonic clock, from any origin. */
  monotonicMs(): number;
  wallClock(): Date;
}

const systemClocks: LogClocks = { monotonicMs: () => performance.now(), wallClock: () => new Date() };

/**
 * Writes the events of one run to a new JSON lines file (design 10). Each event is one whole line, handed to the
 * kernel by one synchronous write before `append` returns, so a runner that dies loses at most the event it was
 * writing. The file is fsynced after every scenario-ended and at the end, against a host that dies.
 */
export class EventLog implements Disposable {
  readonly path: string;
  /** The run-started event that the log began with. */
  readonly firstEvent: RunEvent;
  readonly #clocks: LogClocks;
  readonly #startMs: number;
  #fd: number | undefined;
  #sizeBytes = 0;
  #lastAtMs = 0;

  /**
   * Creates the file (its folder as well) and writes the first event.
   *
   * @throws REPORTS_LOG_WRITE_FAILED also where the file exists already: a log is never continued or overwritten.
   */
  static create(path: string, facts: RunFacts, clocks: LogClocks = systemClocks): EventLog {
    return new EventLog(path, facts, clocks);
  }

  private constructor(path: string, facts: RunFacts, clocks: LogClocks) {
    this.path = path;
    this.#clocks = clocks;
    this.#startMs = clocks.monotonicMs();
    this.#fd = openNewFile(path);
    try {
      const startedAt = clocks.wallClock().toISOString();
      this.firstEvent = this.#record({ kind: 'run-started', schemaVersion, startedAt, ...facts });
      syncFolderOf(path);
    } catch (error) {
      this.#closeFile();
      throw error;
    }
  }

  /**
   * Records an event and returns it as recorded: with its time, defaults filled in, long strings cut.
   *
   * @throws REPORTS_EVENT_INVALID, REPORTS_LOG_CLOSED, REPORTS_LOG_WRITE_FAILED; none of them leaves part of a line.
   */
  append(event: NewEvent): RunEvent {
    const recorded = this.#record(event);
    if (recorded.kind === 'scenario-ended' || recorded.kind === 'run-ended') this.#sync();
    return recorded;
  }

  /** Makes everything durable and closes the file; a second call does nothing. */
  close(): void {
    if (this.#fd === undefined) return;
    try {
      this.#sync();
    } finally {
      this.#closeFile();
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #record(event: Record<string, unknown>): RunEvent {
    // Events of one log never go back in time, whatever the clock says.
    const elapsedMs = Math.round((this.#clocks.monotonicMs() - this.#startMs) * 1000) / 1000;
    const atMs = Math.max(this.#lastAtMs, elapsedMs);
    const parsed = runEventSchema.safeParse({ ...event, atMs });
    if (!parsed.success) {
      throw reportsErrors.REPORTS_EVENT_INVALID({
        tried: `record an event of kind ${String(event.kind)}`,
        got: z.prettifyError(parsed.error),
      });
    }
    this.#write(`${JSON.stringify(parsed.data)}\n`);
    this.#lastAtMs = atMs;
    return parsed.data;
  }

  #write(line: string): void {
    if (this.#fd === undefined) {
      throw reportsErrors.REPORTS_LOG_CLOSED({ tried: `write to ${this.path}`, got: line.slice(0, 200) });
    }
    const bytes = Buffer.from(line, 'utf8');
    try {
      // One write takes a whole line, unless the disk fills up in the middle of it: the second attempt says so.
      let written = 0;
      while (written < bytes.length) written += writeSync(this.#fd, bytes, written);
      this.#sizeBytes += bytes.length;
    } catch (error) {
      this.#takeBackTornLine(this.#fd);
      throw writeFailed(this.path, error);
    }
  }

  /** What is left of a torn line would make the next event unreadable. Where it cannot be taken back, none follows. */
  #takeBackTornLine(fd: number): void {
    try {
      ftruncateSync(fd, this.#sizeBytes);
    } catch {
      this.#closeFile();
    }
  }

  #sync(): void {
    if (this.#fd === undefined) return;
    try {
      fsyncSync(this.#fd);
    } catch (error) {
      throw writeFailed(this.path, error);
    }
  }

  #closeFile(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }
}

function openNewFile(path: string): number {
  try {
    mkdirSync(dirname(path), { recursive: true });
    // "ax": appends, and fails where the file exists.
    return openSync(path, 'ax', 0o644);
  } catch (error) {
    throw writeFailed(path, error);
  }
}

function syncFolderOf(path: string): void {
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function writeFailed(path: string, error: unknown): Error {
  const got = error instanceof Error ? error.message : String(error);
  return reportsErrors.REPORTS_LOG_WRITE_FAILED({ tried: `write the event log ${path}`, got }, error);
}
