import { drillsErrors } from './errors.ts';

/** When a fault is injected (spec H4). Everything counts from 1. */
export type Moment =
  /** Before the machine is switched on for the n-th time; it is off. */
  | { kind: 'power-on'; number: number }
  /** When a step of the scenario begins whose sentence matches. */
  | { kind: 'step'; pattern: RegExp }
  /** When the machine's console shows what matches. */
  | { kind: 'console'; pattern: RegExp }
  /**
   * At the n-th write to the disk since the machine was switched on, which waits meanwhile; of those that touch the partition,
   * where one is named. `in-write`: its first half is on the disk by then, its second half is not.
   */
  | { kind: 'write' | 'in-write'; number: number; disk: string; partition?: string }
  /** So long after the machine was switched on; of its own time where that is virtual. */
  | { kind: 'time'; afterMs: number };

const unitsMs = { ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 } as const;

const expected =
  'power-on, power-on:2, step:/regular expression/, console:/regular expression/, write:120@disk, write:120@disk/partition, in-write:120@disk or time:60s';

/**
 * Reads a moment as it stands on the command line.
 *
 * @throws DRILLS_PLAN_INVALID
 */
export function parseMoment(text: string): Moment {
  const colon = text.indexOf(':');
  const kind = colon < 0 ? text : text.slice(0, colon);
  const rest = colon < 0 ? undefined : text.slice(colon + 1);
  const moment = readers[kind as Moment['kind']]?.(rest);
  if (moment !== undefined) return moment;
  throw drillsErrors.DRILLS_PLAN_INVALID({ tried: `read the moment ${JSON.stringify(text)}`, expected });
}

/** The text that {@link parseMoment} reads as this moment. */
export function momentText(moment: Moment): string {
  switch (moment.kind) {
    case 'power-on':
      return moment.number === 1 ? 'power-on' : `power-on:${moment.number}`;
    case 'step':
    case 'console':
      return `${moment.kind}:${moment.pattern}`;
    case 'write':
    case 'in-write': {
      const partition = moment.partition === undefined ? '' : `/${moment.partition}`;
      return `${moment.kind}:${moment.number}@${moment.disk}${partition}`;
    }
    case 'time':
      return `time:${durationText(moment.afterMs)}`;
  }
}

/** A time such as `1500ms`, `90s` or `1d`, in milliseconds; undefined where it is none. */
export function parseDurationMs(text: string): number | undefined {
  const [, count, unit] = /^(\d+(?:\.\d+)?)(ms|s|min|h|d)$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * unitsMs[unit as keyof typeof unitsMs];
}

const readers: Record<Moment['kind'], (rest: string | undefined) => Moment | undefined> = {
  'power-on': (rest) => {
    const number = countOf(rest ?? '1');
    return number === undefined ? undefined : { kind: 'power-on', number };
  },
  step: (rest) => withPattern('step', rest),
  console: (rest) => withPattern('console', rest),
  write: (rest) => atWrite('write', rest),
  'in-write': (rest) => atWrite('in-write', rest),
  time: (rest) => {
    const afterMs = parseDurationMs(rest ?? '');
    return afterMs === undefined ? undefined : { kind: 'time', afterMs };
  },
};

function countOf(text: string): number | undefined {
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}

function atWrite(kind: 'write' | 'in-write', rest = ''): Moment | undefined {
  const [, count = '', disk = '', partition] =
    /^(\d+)@([a-z][a-z0-9-]*)(?:\/([a-z0-9-]+))?$/.exec(rest) ?? [];
  const number = countOf(count);
  if (number === undefined) return undefined;
  return { kind, number, disk, ...(partition === undefined ? {} : { partition }) };
}

function withPattern(kind: 'step' | 'console', rest: string | undefined): Moment | undefined {
  const [, source, flags] = /^\/(.+)\/([imsu]*)$/s.exec(rest ?? '') ?? [];
  if (source === undefined) return undefined;
  try {
    return { kind, pattern: new RegExp(source, flags) };
  } catch (error) {
    throw drillsErrors.DRILLS_PLAN_INVALID(
      { tried: `read the moment ${kind}:${rest}`, got: String(error) },
      error,
    );
  }
}

function durationText(ms: number): string {
  const [unit, unitMs] = Object.entries(unitsMs).findLast(
    ([, unitMs]) => ms >= unitMs && ms % unitMs === 0,
  ) ?? ['ms', 1];
  return `${ms / unitMs}${unit}`;
}
