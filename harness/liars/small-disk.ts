import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';

/** The mount point in the namespace; every system has it. */
const mountPoint = '/mnt';

/**
 * A file system of a few MiB, to be filled. It is mounted in a mount namespace of its own, which nothing else sees, and is
 * reached through the process that holds the namespace; it goes with that process. Needs root.
 */
export class SmallDisk implements Disposable {
  readonly folder: string;
  readonly #holder: ChildProcess;

  private constructor(holder: ChildProcess) {
    this.#holder = holder;
    this.folder = `/proc/${holder.pid}/root${mountPoint}`;
  }

  static async make(sizeBytes: number): Promise<SmallDisk> {
    const script = `mount -t tmpfs -o size=${sizeBytes} tmpfs ${mountPoint} && echo mounted && exec sleep 3600`;
    const holder = spawn('unshare', ['--mount', 'sh', '-c', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = await Promise.race([once(holder.stdout, 'data'), once(holder, 'exit')]);
    if (String(said).trim() !== 'mounted') throw new Error('no small file system could be mounted');
    return new SmallDisk(holder);
  }

  [Symbol.dispose](): void {
    this.#holder.kill('SIGKILL');
  }
}

/** Writes a file until nothing more can be written to its file system. */
export async function fillUp(path: string): Promise<void> {
  await using file = await open(path, 'w');
  for (let pieceBytes = 1024 * 1024; pieceBytes >= 1; ) {
    const written = await file.write(Buffer.alloc(pieceBytes, 1)).catch((error: unknown) => {
      if ((error as { code?: string }).code === 'ENOSPC') return undefined;
      throw error;
    });
    // A piece that was written in part ends with the last free byte; the next attempt says so.
    if (written === undefined) pieceBytes = Math.floor(pieceBytes / 16);
  }
}
