import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { vmErrors } from '../errors.ts';
import { emptyWriteLog } from './write-log-format.ts';

/** The logs of a machine's disks: a new one for each disk at each power on, kept as evidence in the machine's folder. */
export class WriteLogs {
  readonly #machineName: string;
  readonly #folder: string;
  readonly #paths: ReadonlyMap<string, string[]>;

  constructor(machineName: string, folder: string, disks: readonly { name: string; writeLog: boolean }[]) {
    this.#machineName = machineName;
    this.#folder = folder;
    this.#paths = new Map(disks.filter(({ writeLog }) => writeLog).map(({ name }) => [name, []]));
  }

  /** Makes the logs of a power cycle that is about to begin; their paths by the name of the disk. */
  async begin(): Promise<ReadonlyMap<string, string>> {
    const begun = new Map<string, string>();
    for (const [disk, paths] of this.#paths) {
      const path = join(this.#folder, `${disk}.writes-${paths.length + 1}.log`);
      // QEMU writes its own super block at the guest's first flush only; a log without one could not be told from rubbish.
      await writeFile(path, emptyWriteLog());
      paths.push(path);
      begun.set(disk, path);
    }
    return begun;
  }

  /** The logs of a disk, one for each power on, oldest first. @throws VM_SPEC_INVALID when it has none. */
  pathsOf(disk: string): readonly string[] {
    const paths = this.#paths.get(disk);
    if (paths !== undefined) return paths;
    throw vmErrors.VM_SPEC_INVALID({
      tried: `use the write log of disk ${JSON.stringify(disk)} of machine ${this.#machineName}`,
      expected: [...this.#paths.keys()].join(' or ') || 'a disk that is declared with writeLog: true',
    });
  }

  /** The bytes of the newest log now. Whatever QEMU has told the guest to be written is before that. */
  async position(disk: string): Promise<number> {
    return (await stat(this.pathsOf(disk).at(-1)!)).size;
  }
}
