import type { HistoryEntry } from './write-history.ts';

/** What lies between two flushes: what of it is lost in a power cut is anybody's guess. */
export interface Epoch {
  /** Counted from 0. */
  number: number;
  /** The first and the last crash point in it; a point is a number of entries before the cut. */
  firstPoint: number;
  lastPoint: number;
  /** Its writes and discards that change sectors, in the order of the log. */
  changes: readonly HistoryEntry[];
}

/** Divides a log at its flushes. Every point belongs to one epoch: that of the last entry before it. */
export function epochsOf(entries: readonly HistoryEntry[]): Epoch[] {
  const starts = entries.filter(({ isFlush }) => isFlush).map(({ index }) => index);
  const bounds = [0, ...starts, entries.length];
  return bounds.slice(1).map((end, number) => {
    const start = bounds[number]!;
    return {
      number,
      firstPoint: number === 0 ? 0 : start + 1,
      lastPoint: end,
      changes: entries.slice(start, end).filter(({ versionCount }) => versionCount > 0),
    };
  });
}
