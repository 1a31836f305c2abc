import { type Moment, momentText } from '../drills/moment.ts';

/**
 * Which writes of a scenario are explored: those while a step goes on, those from one moment to another, or, with neither,
 * those of every power-on of the machine.
 */
export interface Span {
  /** The first step whose sentence matches. */
  during?: RegExp;
  /** Without it, from the first power-on. Not at a write: these are counted by another mechanism. */
  from?: Moment;
  /** Without it, to the end of the power-on in which the span began. */
  to?: Moment;
}

/** For people: `during a step that matches /…/`. */
export function describeSpan({ during, from, to }: Span): string {
  if (during !== undefined) return `during a step that matches ${during}`;
  if (from === undefined && to === undefined) return 'every power-on';
  const end = to === undefined ? 'its end' : momentText(to);
  return `from ${from === undefined ? 'power-on' : momentText(from)} to ${end}`;
}
