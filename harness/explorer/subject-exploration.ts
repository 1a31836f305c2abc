import type { Judge } from './judge-states.ts';

/** The disk whose writes are explored, as a subject's witnesses are told of it. */
export interface ExploredDisk {
  /** As the machine's declaration names it. */
  name: string;
  /** The raw image as it was at the power-on. */
  basePath: string;
}

/**
 * What a subject of a scenario may say for `assay explore`: what it promises, what may be on its disk, and how one tells
 * that it is back after a power cut. Everything has a default.
 */
export interface SubjectExploration {
  /**
   * Lines of the console by which the guest says that something is safe; each line that matches is an acknowledgement.
   * None by default.
   */
  acknowledgements?: readonly RegExp[];
  /**
   * Looks at a state without booting it. `damaged` says that the product has something to get over, and a machine decides;
   * `lost` is a failure at once. By default the partition table and the file systems are looked at.
   */
  judges?: (disk: ExploredDisk) => readonly Judge[] | Promise<readonly Judge[]>;
  /**
   * Switches the machine on, on a disk as a power cut has left it, and returns when it is back with all that was
   * acknowledged (the lines, oldest first). By default `becomesWell`.
   *
   * @throws with blame `product` what says that it is not.
   */
  comesBack?: (acknowledged: readonly string[], signal: AbortSignal) => Promise<void>;
}
