/**
 * How the last start from a partition went (spec B3), from the best to the worst: `OK` started and was shut down in
 * order, `Clean` started and was not, `Dirty` did not start, has failed since, or is damaged.
 */
export const bootStates = ['OK', 'Clean', 'Dirty'] as const;

export type BootState = (typeof bootStates)[number];

/** The state of one partition, and what made it so. */
export interface PartitionState {
  state: BootState;
  /** When it was written: ISO 8601, by the clock of the machine, which may be wrong. */
  time: string;
  /** Why, in one line for people: `3 blocks differ from the manifest`. Empty when there is nothing to say. */
  reason: string;
}

/** What every partition holds: the states of all of them (spec B3). */
export interface BootStates {
  /** By the partition's name. */
  partitions: Record<string, PartitionState>;
  /** Recoveries since a system was last up: one that never helps must come to an end. */
  recoveries: number;
}

/** The worse of two states: where copies disagree, it counts (spec B3). Pure. */
export function worseState(one: BootState, other: BootState): BootState {
  return bootStates.indexOf(one) >= bootStates.indexOf(other) ? one : other;
}
