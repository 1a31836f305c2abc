import { type FileHandle, open } from 'node:fs/promises';
import { copySparse, errorMessage, sectorBytes } from '../../foundation/index.ts';
import { WriteLog } from '../../vm/index.ts';
import type { CrashState } from './crash-state.ts';
import { explorerErrors } from './errors.ts';
import { readRun, runsOf, type VersionsOfState, versionsOfState } from './state-content.ts';
import type { WriteHistory } from './write-history.ts';
import { writeWhole } from './write-state.ts';

/**
 * One raw disk that becomes state after state: only the sectors in which two states differ are written, so that going from
 * one to its neighbour takes no longer on a large disk. Who looks at it must not write to it.
 */
export class StateDisk implements AsyncDisposable {
  readonly path: string;
  readonly #history: WriteHistory;
  readonly #log: WriteLog;
  readonly #base: FileHandle;
  readonly #file: FileHandle;
  #current: VersionsOfState = new Map();

  private constructor(
    path: string,
    history: WriteHistory,
    log: WriteLog,
    base: FileHandle,
    file: FileHandle,
  ) {
    this.path = path;
    this.#history = history;
    this.#log = log;
    this.#base = base;
    this.#file = file;
  }

  /** Copies the base image, holes as holes; the file has to be a new one. @throws EXPLORER_STATE_NOT_WRITTEN */
  static async create(history: WriteHistory, path: string): Promise<StateDisk> {
    try {
      await copySparse(history.basePath, path);
      await using stack = new AsyncDisposableStack();
      const log = stack.use(await WriteLog.open(history.logPath));
      const base = stack.use(await open(history.basePath, 'r'));
      const file = stack.use(await open(path, 'r+'));
      stack.move();
      return new StateDisk(path, history, log, base, file);
    } catch (error) {
      throw notWritten(path, error);
    }
  }

  /**
   * Makes the disk this state.
   *
   * @returns how many sectors were written.
   * @throws EXPLORER_STATE_INVALID, EXPLORER_STATE_NOT_WRITTEN
   */
  async become(state: CrashState): Promise<number> {
    const wanted = versionsOfState(this.#history, state);
    const changed = new Map([...wanted].filter(([slot, version]) => this.#current.get(slot) !== version));
    const restored = [...this.#current.keys()].filter((slot) => !wanted.has(slot));
    try {
      for (const run of runsOf(this.#history, changed)) {
        await writeWhole(this.#file, await readRun(this.#log, run), run.firstSector * sectorBytes);
      }
      for (const slot of restored) await this.#restore(this.#history.versions.sectors[slot]!);
    } catch (error) {
      throw notWritten(this.path, error);
    }
    this.#current = wanted;
    return changed.size + restored.length;
  }

  /** Closes the files; the disk stays, as the last state. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#log[Symbol.asyncDispose]();
    await this.#base.close();
    await this.#file.close();
  }

  async #restore(sector: number): Promise<void> {
    const bytes = Buffer.alloc(sectorBytes);
    await this.#base.read(bytes, 0, sectorBytes, sector * sectorBytes);
    await writeWhole(this.#file, bytes, sector * sectorBytes);
  }
}

function notWritten(path: string, error: unknown): Error {
  const facts = { tried: `make ${path} a state`, got: errorMessage(error) };
  return explorerErrors.EXPLORER_STATE_NOT_WRITTEN(facts, error);
}
