import type { Judge } from '../../explorer/judge-states.ts';

/** A function of the core that needs a kernel, run in a machine of its own (`../guest`). */
export interface MachineTrial {
  name: string;
  /** None: it is only run whole. */
  steps: readonly string[];
  /** What the disk is before: a file system that is mounted, one that is not, or neither. */
  disk: 'ext4' | 'mounted-fat' | 'fat' | 'raw';
  /** `returns`: what it promises holds when it has come back. Else: when the machine has gone off, or begun anew. */
  end: 'returns' | 'off' | 'restart';
  judge: Judge;
}
