import { open } from 'node:fs/promises';
import { copySparse, errorMessage, sectorBytes } from '../../foundation/index.ts';
import { WriteLog } from '../../vm/index.ts';
import type { CrashState } from './crash-state.ts';
import { explorerErrors } from './errors.ts';
import { readRun, runsOf, versionsOfState } from './state-content.ts';
import type { WriteHistory } from './write-history.ts';
import { writeOverlay } from './write-overlay.ts';

/** How a state becomes a file. */
export interface WriteStateOptions {
  /**
   * `raw` (default): a copy of the base image, holes as holes, where the file system can share blocks without copying.
   * `qcow2`: an overlay that holds only what differs, and needs the base image as long as it is used.
   */
  format?: 'raw' | 'qcow2';
}

/**
 * Makes a state as a disk of its own, in a new file. The base image is never changed.
 *
 * @throws EXPLORER_STATE_INVALID, EXPLORER_STATE_NOT_WRITTEN
 */
export async function writeState(
  history: WriteHistory,
  state: CrashState,
  path: string,
  { format = 'raw' }: WriteStateOptions = {},
): Promise<void> {
  const runs = runsOf(history, versionsOfState(history, state));
  await using log = await WriteLog.open(history.logPath);
  try {
    if (format === 'qcow2') {
      await writeOverlay(history, log, runs, path);
      return;
    }
    await copySparse(history.basePath, path);
    await using file = await open(path, 'r+');
    for (const run of runs) {
      const bytes = await readRun(log, run);
      await writeWhole(file, bytes, run.firstSector * sectorBytes);
    }
  } catch (error) {
    throw explorerErrors.EXPLORER_STATE_NOT_WRITTEN(
      { tried: `write the state at point ${state.point} to ${path}`, got: errorMessage(error) },
      error,
    );
  }
}

interface Writable {
  write: (
    bytes: Buffer,
    offset: number,
    length: number,
    position: number,
  ) => Promise<{ bytesWritten: number }>;
}

/** Writes all of the bytes; one call may write fewer. */
export async function writeWhole(file: Writable, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}
