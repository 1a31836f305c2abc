const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

const intervals = [
  ...[100, 200, 500, secondMs, 2 * secondMs, 5 * secondMs, 10 * secondMs, 15 * secondMs, 30 * secondMs],
  ...[minuteMs, 2 * minuteMs, 5 * minuteMs, 10 * minuteMs, 15 * minuteMs, 30 * minuteMs],
  ...[hourMs, 2 * hourMs, 6 * hourMs, 12 * hourMs, 24 * hourMs],
];
const mostTicks = 8;

/** Maps times to places on a line, in percent of its length. */
export interface TimeAxis {
  fromMs: number;
  /** `12.3%` */
  at(timeMs: number): string;
  /** The length of a stretch, never so short that it cannot be seen. */
  length(fromMs: number, untilMs: number): string;
  /** The share of the line that a stretch takes, 0 to 1. */
  share(fromMs: number, untilMs: number): number;
  /** Round times for the labels. */
  ticksMs: number[];
}

/** The axis of a stretch of the run's clock. */
export function timeAxis(fromMs: number, untilMs: number): TimeAxis {
  const spanMs = Math.max(1, untilMs - fromMs);
  const share = (from: number, until: number) => Math.min(1, Math.max(0, (until - from) / spanMs));
  const intervalMs = intervals.find((interval) => spanMs / interval <= mostTicks) ?? spanMs;
  const ticksMs: number[] = [];
  for (let tickMs = Math.ceil(fromMs / intervalMs) * intervalMs; tickMs <= untilMs; tickMs += intervalMs) {
    ticksMs.push(tickMs);
  }
  return {
    fromMs,
    at: (timeMs) => percent(share(fromMs, timeMs)),
    length: (from, until) => percent(Math.max(0.002, share(from, until))),
    share,
    ticksMs,
  };
}

/** A share as SVG and CSS take it. */
export function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))}%`;
}
