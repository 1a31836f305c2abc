import type { WriteHistory } from './write-history.ts';

/** Something that the guest has said to be safe, and where the log was when it was heard. */
export interface Acknowledgement {
  /** Bytes of the log, from `running.writeLogPosition(disk)` after the guest's words were seen. */
  position: number;
  label: string;
}

/**
 * Of every crash point, what was acknowledged before it. The words may have been said earlier than the position tells,
 * never later: a state is never blamed for what was not promised yet.
 */
export function acknowledgedBefore(
  { entries }: WriteHistory,
  acknowledgements: readonly Acknowledgement[],
): (point: number) => Acknowledgement[] {
  const placed = acknowledgements.map((acknowledgement) => ({
    acknowledgement,
    // An entry that was still being written to the log is not what the guest was told of.
    firstPoint: entries.filter(({ endOffsetBytes }) => endOffsetBytes <= acknowledgement.position).length,
  }));
  return (point) =>
    placed.filter(({ firstPoint }) => firstPoint <= point).map(({ acknowledgement }) => acknowledgement);
}
