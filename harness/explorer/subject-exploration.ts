import type { Fork } from '../../vm/index.ts';
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
  /**
   * How states are judged in forks of a machine that was kept just before it opens the explored disk, where one state can
   * stand for another. Without it every state is booted from power-off. Leave it out where the boot chain itself is tested.
   */
  forks?: ForkedSubject;
}

/** What a subject says of its forks. */
export interface ForkedSubject {
  /**
   * The line of the console that comes just before the machine opens the explored disk. One that comes late, or is seen late,
   * does no harm: what the machine has read by then is known, and fewer states can be judged in forks of it.
   */
  before: RegExp;
  /**
   * Returns when a fork, which is on and goes on behind that line, is back with all that was acknowledged.
   *
   * @throws with blame `product` what says that it is not.
   */
  comesBack(fork: Fork, acknowledged: readonly string[], signal: AbortSignal): Promise<void>;
}
