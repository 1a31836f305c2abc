import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { copySparse } from '../../foundation/index.ts';
import { vmErrors } from '../errors.ts';
import type { ResolvedDiskSpec } from '../machine-spec.ts';
import { InterceptedDisk } from './intercepted-disk.ts';
import type { LoseUnflushed, LostWrites } from './lose-unflushed.ts';

/** The intercepted disks of one machine, from its declaration to its end. */
export class InterceptedDisks {
  readonly #machineName: string;
  readonly #disks = new Map<string, InterceptedDisk>();
  /** Of the disks whose writes are discarded. */
  /** Hears of a file of the host that cannot be read or written; the guest gets an I/O error. */
  onHostFailure: (error: Error) => void = () => undefined;
  #socketPaths: ReadonlyMap<string, string> = new Map();
  readonly #copies: { fromPath: string; toPath: string }[] = [];

  constructor(machineName: string, specs: readonly ResolvedDiskSpec[], folder: string) {
    this.#machineName = machineName;
    for (const { name, path, writes, controller } of specs.filter(({ intercepted }) => intercepted)) {
      const imagePath = writes === 'kept' ? path : join(folder, `${name}.intercepted.raw`);
      if (imagePath !== path) this.#copies.push({ fromPath: path, toPath: imagePath });
      const scratchPath = join(folder, `${name}.unflushed`);
      this.#disks.set(name, new InterceptedDisk({ name, imagePath, scratchPath, controller }));
    }
  }

  /** Copies the disks whose writes are discarded, with holes where the image has zeros. */
  async makeCopies(): Promise<void> {
    for (const { fromPath, toPath } of this.#copies) {
      await copySparse(fromPath, toPath);
    }
  }

  /** @throws VM_SPEC_INVALID when there is none of that name. */
  get(name: string): InterceptedDisk {
    const disk = this.#disks.get(name);
    if (disk) return disk;
    const known = [...this.#disks.keys()].join(' or ');
    throw vmErrors.VM_SPEC_INVALID({
      tried: `intercept the disk ${JSON.stringify(name)} of machine ${this.#machineName}`,
      expected: known === '' ? 'a disk that is declared with intercepted: true' : known,
    });
  }

  /** The files that the machine's disks are, others with their overlays among them. */
  filesOf(
    specs: readonly ResolvedDiskSpec[],
    overlayPaths: ReadonlyMap<string, string>,
  ): { name: string; path: string }[] {
    return specs.map(({ name, path }) => ({
      name,
      path: this.#disks.get(name)?.imagePath ?? overlayPaths.get(name) ?? path,
    }));
  }

  /** Says where QEMU finds them, by name. */
  socketPaths(runtimePath: (name: string) => string): ReadonlyMap<string, string> {
    this.#socketPaths = new Map(
      [...this.#disks.keys()].map((name) => [name, runtimePath(`${name}.nbd.sock`)]),
    );
    return this.#socketPaths;
  }

  /** Serves them where `socketPaths` has said, before QEMU is started. */
  async powerOn(): Promise<void> {
    for (const [name, socketPath] of this.#socketPaths) {
      await this.#disks.get(name)!.powerOn(socketPath, (error) => this.onHostFailure(error));
    }
  }

  /** Nothing of them listens any more. */
  async powerOff(): Promise<void> {
    for (const disk of this.#disks.values()) await disk.powerOff();
  }

  /** Takes from each what a power cut may take; a seed gives each disk its own. */
  async loseUnflushed({ keep, tearLast = false }: LoseUnflushed): Promise<LostWrites[]> {
    const lost: LostWrites[] = [];
    for (const [name, disk] of this.#disks) {
      const own = typeof keep === 'string' ? keep : { seed: `${keep.seed} ${name}` };
      lost.push(await disk.loseUnflushed({ keep: own, tearLast }));
    }
    return lost;
  }

  /** The end of the machine: copies go with it. */
  async close(): Promise<void> {
    for (const disk of this.#disks.values()) await disk.close();
    for (const { toPath } of this.#copies) await rm(toPath, { force: true });
  }
}
