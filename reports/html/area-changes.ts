import { formatSize } from '../../foundation/index.ts';
import type { RunEventOf } from '../events.ts';

type Area = RunEventOf<'disk-map'>['areas'][number];

/** One area of a disk before and after, and what became of it, in words. */
export interface AreaChange {
  before?: Area;
  after?: Area;
  change: string;
  isChanged: boolean;
}

/**
 * Pairs the areas of a disk before and after: partitions by their number, what lies between them by where it starts;
 * in the order in which they lie.
 */
export function areaChanges(before: readonly Area[] = [], after?: readonly Area[]): AreaChange[] {
  if (after === undefined) {
    return before.map((area) => ({ before: area, change: 'not read again', isChanged: false }));
  }
  const earlier = new Map(before.map((area) => [keyOf(area), area]));
  const later = new Set(after.map(keyOf));
  const gone = before
    .filter((area) => !later.has(keyOf(area)))
    .map((area): AreaChange => ({ before: area, change: 'gone', isChanged: true }));
  const kept = after.map((area): AreaChange => {
    const past = earlier.get(keyOf(area));
    if (past === undefined)
      return { after: area, change: before.length === 0 ? '' : 'new', isChanged: before.length > 0 };
    const changes = changesOf(past, area);
    return {
      before: past,
      after: area,
      change: changes.join('; ') || 'unchanged',
      isChanged: changes.length > 0,
    };
  });
  return [...kept, ...gone].sort((one, other) => startOf(one) - startOf(other));
}

function changesOf(before: Area, after: Area): string[] {
  return [
    ...(before.startBytes === after.startBytes ? [] : [`moved from ${formatSize(before.startBytes)}`]),
    ...(before.sizeBytes === after.sizeBytes ? [] : [`was ${formatSize(before.sizeBytes)} large`]),
    ...(before.contents === after.contents ? [] : ['holds something else']),
    ...((after.changedBytes ?? 0) === 0 ? [] : [`${formatSize(after.changedBytes ?? 0)} written anew`]),
  ];
}

function keyOf({ number, startBytes }: Area): string {
  return number === undefined ? `at ${startBytes}` : `number ${number}`;
}

function startOf({ before, after }: AreaChange): number {
  return (after ?? before)?.startBytes ?? 0;
}
