import type { WriteTimeLine } from '../exploration.ts';
import { type CutScale, rounded } from './cut-chart-scale.ts';
import { verdictHeight, verdictKinds } from './cut-chart-verdicts.ts';
import { columnWords } from './cut-chart-words.ts';
import { html, type Markup } from './markup.ts';
import { counted } from './page-text.ts';

/** So far apart that a number fits between two crosses. */
const numberWidth = 24;

export interface DrawnFailures {
  /** The anchor of the span. */
  id: string;
  /** Of each failure in the list, its cut; the list has it at the anchor `<id>-failure-<number>`. */
  failurePoints: readonly number[];
  timeLine: WriteTimeLine;
}

/** A cross at each cut that leaves something not legal, with its number in the list and a link to it, for what is listed. */
export function failureMarks(
  { id, failurePoints, timeLine }: DrawnFailures,
  scale: CutScale,
  top: number,
): Markup {
  const listed = numbersByColumn(failurePoints, timeLine, scale);
  const columns = failedColumns(timeLine, listed);
  return columns.map((index, place) => {
    const number = listed.get(index);
    const next = columns[place + 1];
    const x = scale.centreOf(index);
    const hasRoom = next === undefined || scale.centreOf(next) - x > numberWidth;
    const middle = top + verdictHeight / 2;
    const shape = html`<path class="cross" d=${`M${x} ${middle}${verdictKinds[0]!.shape}`}/>
      ${number !== undefined && hasRoom && html`<text class="failure-number" x=${x + 7} y=${middle + 4}>${number}</text>`}
      <rect class="target" x=${rounded(x - 7)} y=${top} width="14" height=${verdictHeight}/>`;
    const count = timeLine.columns[index]!.notLegal;
    const words = `${counted(count, 'state')} not legal. ${columnWords(timeLine, index, scale)}`;
    return number === undefined
      ? html`<g class="failed-cut" role="img" tabindex="-1"><title>${words}</title>${shape}</g>`
      : html`<a class="failed-cut" href=${`#${id}-failure-${number}`}><title>${words}</title>${shape}</a>`;
  });
}

/** Cuts that follow each other and are not legal, as bands through everything that is drawn above their crosses. */
export function failureBands(
  { failurePoints, timeLine }: DrawnFailures,
  scale: CutScale,
  { from, until }: { from: number; until: number },
): Markup {
  const columns = failedColumns(timeLine, numbersByColumn(failurePoints, timeLine, scale));
  const failed = new Set(columns);
  const bands = columns
    .filter((index) => !failed.has(index - 1))
    .map((first) => {
      let end = first;
      while (failed.has(end)) end += 1;
      return `M${scale.leftOf(first)} ${from}H${scale.leftOf(end)}V${until}H${scale.leftOf(first)}Z`;
    });
  return bands.length > 0 && html`<path class="failure-band" d=${bands.join('')}/>`;
}

function failedColumns({ columns }: WriteTimeLine, listed: ReadonlyMap<number, number>): number[] {
  return [...columns.keys()].filter((index) => columns[index]!.notLegal > 0 || listed.has(index));
}

/** The first listed failure of each column; numbers count from 1. */
function numbersByColumn(
  failurePoints: readonly number[],
  timeLine: WriteTimeLine,
  scale: CutScale,
): Map<number, number> {
  const { fromPoint, points } = timeLine;
  const numbers = new Map<number, number>();
  for (const [index, point] of failurePoints.entries()) {
    if (point < fromPoint || point >= fromPoint + points) continue;
    const column = scale.columnOf(point);
    if (!numbers.has(column)) numbers.set(column, index + 1);
  }
  return numbers;
}
