import { explorerErrors } from './errors.ts';

/**
 * A state that a power cut may leave on the disk, told by what of the log reached it. With the same base image and the
 * same log it is the same state, on every host.
 */
export interface CrashState {
  /** How many entries of the log there are before the cut. */
  point: number;
  /** Entries of these that are lost, in ascending order. */
  dropped: readonly number[];
  /** Of the last entry, how many leading sectors reached the disk; all without it. */
  tornSectors?: number;
}

/**
 * A state in one line without spaces, for a printed command: `120`, `120:lost=113,115-117`, `120:torn=4`.
 */
export function formatCrashState({ point, dropped, tornSectors }: CrashState): string {
  const lost = dropped.length === 0 ? '' : `:lost=${formatNumbers(dropped)}`;
  return `${point}${lost}${tornSectors === undefined ? '' : `:torn=${tornSectors}`}`;
}

/** Reads what {@link formatCrashState} has written. @throws EXPLORER_STATE_INVALID */
export function parseCrashState(text: string): CrashState {
  const match = /^(\d+)(?::lost=(\d[\d,-]*))?(?::torn=(\d+))?$/.exec(text.trim());
  const dropped = match?.[2] === undefined ? [] : parseNumbers(match[2]);
  if (match === null || dropped === undefined) {
    throw explorerErrors.EXPLORER_STATE_INVALID({
      tried: 'read a state of a disk',
      expected: 'for example 120, 120:lost=113,115-117 or 120:torn=4',
      got: text,
    });
  }
  const torn = match[3] === undefined ? {} : { tornSectors: Number(match[3]) };
  return { point: Number(match[1]), dropped, ...torn };
}

function formatNumbers(numbers: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last?.[1] === number - 1) last[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}

/** Undefined unless they are runs in ascending order. */
function parseNumbers(text: string): number[] | undefined {
  const numbers: number[] = [];
  for (const run of text.split(',')) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(run);
    if (match === null) return undefined;
    const [first, last] = [Number(match[1]), Number(match[2] ?? match[1])];
    if (last < first || first <= (numbers.at(-1) ?? -1) || last - first > 1e7) return undefined;
    for (let number = first; number <= last; number += 1) numbers.push(number);
  }
  return numbers;
}
