import type { WriteTimeLine } from '../exploration.ts';

/** Where the names of the rows stand, left of what is drawn. */
export const nameWidth = 206;
const plotWidth = 900;
const widestColumn = 18;
const mostTicks = 10;

/** Where things stand from left to right, in pixels; a cut is drawn beneath the entry that it comes after. */
export interface CutScale {
  width: number;
  columnWidth: number;
  /** The left edge of a column. */
  leftOf(column: number): number;
  centreOf(column: number): number;
  columnOf(point: number): number;
  /** The cuts of a column, the first and the last. */
  cutsOf(column: number): [first: number, last: number];
  /** Round numbers of cuts, for labels. */
  ticks: number[];
}

/** The scale of a time line: few columns stay narrow, many share the width. */
export function cutScale({ columns, fromPoint, points, entriesPerColumn }: WriteTimeLine): CutScale {
  const columnWidth = Math.min(widestColumn, plotWidth / columns.length);
  const leftOf = (column: number) => rounded(nameWidth + column * columnWidth);
  const columnOf = (point: number) =>
    Math.min(columns.length - 1, Math.max(0, Math.ceil((point - fromPoint) / entriesPerColumn)));
  const lastPoint = fromPoint + points - 1;
  return {
    width: nameWidth + plotWidth + 24,
    columnWidth: rounded(columnWidth),
    leftOf,
    centreOf: (column) => rounded(nameWidth + (column + 0.5) * columnWidth),
    columnOf,
    cutsOf: (column) => {
      if (column === 0) return [fromPoint, fromPoint];
      const before = fromPoint + (column - 1) * entriesPerColumn;
      return [before + 1, Math.min(lastPoint, before + entriesPerColumn)];
    },
    ticks: ticksOf(fromPoint, lastPoint, (columns.length * columnWidth) / plotWidth),
  };
}

/** Short numbers make short pages. */
export function rounded(pixels: number): number {
  return Math.round(pixels * 100) / 100;
}

/** @param share How much of the width is drawn on: little of it has room for few labels. */
function ticksOf(first: number, last: number, share: number): number[] {
  const wanted = Math.max(2, mostTicks * share);
  const least = Math.max(1, (last - first) / wanted);
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].map((times) => times * power).find((interval) => interval >= least)!;
  const ticks: number[] = [];
  for (let tick = Math.ceil(first / step) * step; tick <= last; tick += step) ticks.push(tick);
  return ticks;
}
