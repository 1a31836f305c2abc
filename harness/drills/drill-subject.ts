import type { Machine } from '../../vm/index.ts';
import type { SubjectExploration } from '../explorer/subject-exploration.ts';

/** What a drill has to know of a machine that a scenario is about; an ordinary run does nothing with it. */
export interface DrillSubject {
  machine: Machine;
  /**
   * Returns when the machine is well: it is switched on where it is off, and has to come up by itself. A drill calls it when
   * its faults are over, and gives it a deadline.
   *
   * @param signal Aborts when the deadline is over.
   * @throws what says that it is not well.
   */
  becomesWell(signal: AbortSignal): Promise<void>;
  /** The layout's file, for faults that name partitions by their roles; of which disk is the disk's own name. */
  layoutPath?: string;
  /** For a machine that no layout describes: the partitions of its first disk by their roles, numbered as the kernel counts. */
  partitions?: readonly { number: number; role: string }[];
  /** For `assay explore`: what it promises, and what a power cut may leave. */
  exploration?: SubjectExploration;
}
