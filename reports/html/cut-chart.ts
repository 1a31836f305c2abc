import type { ExploredSpanReport, WriteTimeLine } from '../exploration.ts';
import { failureBands, failureMarks } from './cut-chart-failures.ts';
import { flagMarks, flagsHeight, flagsOf } from './cut-chart-flags.ts';
import { flushHeight, flushRow, laneHeight, placeLane, riskHeight, riskRow } from './cut-chart-lanes.ts';
import { cutLegend } from './cut-chart-legend.ts';
import { type CutScale, cutScale, nameWidth, rounded } from './cut-chart-scale.ts';
import { type VerdictKind, verdictHeight, verdictKinds, verdictWords } from './cut-chart-verdicts.ts';
import { columnWords } from './cut-chart-words.ts';
import { html, type Markup } from './markup.ts';
import { counted, saidLine } from './page-text.ts';

const axisHeight = 18;

export interface CutChartOptions {
  /** The anchor of the span; parts of the drawing are named after it. */
  id: string;
  /** Of each listed failure, its cut; the list has it at the anchor `<id>-failure-<number>`. */
  failurePoints: readonly number[];
}

/**
 * Writes by place, flushes, what could be lost, what was promised, and beneath every cut what became of its states. All of it can
 * be read without colours, without a pointer (every column says what it shows), and without JavaScript.
 */
export function cutChart(
  span: ExploredSpanReport & { timeLine: WriteTimeLine },
  { id, failurePoints }: CutChartOptions,
): Markup {
  const { timeLine } = span;
  const scale = cutScale(timeLine);
  const flags = flagsOf(timeLine, span.acknowledgements, scale);
  const lanesTop = flagsHeight(flags) + 2;
  const flushTop = lanesTop + timeLine.places.length * laneHeight;
  const riskTop = flushTop + flushHeight;
  const axisTop = riskTop + riskHeight;
  const verdictsTop = axisTop + axisHeight;
  const height = verdictsTop + verdictKinds.length * verdictHeight + 4;
  const failures = { id, failurePoints, timeLine };
  const title = `writes to disk ${saidLine(span.disk, 60)} of ${saidLine(span.machine, 60)}, power-on ${span.powerOn}`;
  return html`<div class="time-line cut-chart" role="group" aria-label=${`${title}; arrow keys go from column to column`}>
    <div class="scroll" tabindex="0" role="region" aria-label=${title}>
    <svg width=${scale.width} height=${height} viewBox=${`0 0 ${scale.width} ${height}`} role="group" aria-labelledby=${`${id}-chart-title`} aria-describedby=${`${id}-chart-words`}>
      <title id=${`${id}-chart-title`}>${title}</title>
      <desc id=${`${id}-chart-words`}>${chartWords(span)}</desc>
      ${rules(timeLine, scale, { lanesTop, flushTop, axisTop, verdictsTop })}
      ${failureBands(failures, scale, { from: lanesTop, until: verdictsTop })}
      ${flushRow(timeLine, scale, { top: flushTop, from: lanesTop })}
      ${timeLine.places.map((_, place) => placeLane(timeLine, place, scale, lanesTop + place * laneHeight))}
      ${riskRow(timeLine, scale, riskTop)}
      ${verdictKinds.map((kind, row) => verdictRow(timeLine, kind, scale, verdictsTop + row * verdictHeight))}
      ${timeLine.columns.map((_, index) => columnMark(timeLine, index, scale, { top: lanesTop, height }))}
      ${flagMarks(flags, scale, { top: 0, until: height })}
      ${failureMarks(failures, scale, verdictsTop)}
    </svg></div>
    ${cutLegend(timeLine.entriesPerColumn)}
  </div>`;
}

function chartWords({
  timeLine,
  acknowledgements,
}: ExploredSpanReport & { timeLine: WriteTimeLine }): string {
  const { entriesPerColumn, points, places } = timeLine;
  const grouping = entriesPerColumn === 1 ? 'one entry' : `${entriesPerColumn} entries`;
  return `${counted(points, 'cut')}, ${grouping} of the log in each column; ${counted(places.length, 'place')} written to, ${counted(acknowledgements.length, 'acknowledgement')}. ${counted(timeLine.totals.states, 'state')}: ${verdictWords(timeLine.totals)}.`;
}

/** What the eye follows: the tops of the lanes, the cuts' numbers, the rows of verdicts. */
function rules(
  { columns }: WriteTimeLine,
  scale: CutScale,
  tops: { lanesTop: number; flushTop: number; axisTop: number; verdictsTop: number },
): Markup {
  const right = scale.leftOf(columns.length);
  const levels = [
    ...range(tops.lanesTop, tops.flushTop, laneHeight),
    ...[tops.flushTop, tops.flushTop + flushHeight, tops.axisTop],
    ...verdictKinds.map((_, row) => tops.verdictsTop + row * verdictHeight),
  ];
  return html`<path class="rule" d=${levels.map((level) => `M0 ${level + 0.5}H${right}`).join('')}/>
    <text class="row-detail" x="0" y=${tops.axisTop + 13}>cut after so many entries</text>
    ${scale.ticks.map((tick) => {
      const x = scale.centreOf(scale.columnOf(tick));
      return html`<path class="rule" d=${`M${x} ${tops.axisTop}v4`}/><text class="tick-name" x=${x} y=${tops.axisTop + 14} text-anchor="middle">${tick}</text>`;
    })}`;
}

function verdictRow(timeLine: WriteTimeLine, kind: VerdictKind, scale: CutScale, top: number): Markup {
  const middle = top + verdictHeight / 2;
  const count = timeLine.totals[kind.of];
  const marks = [...timeLine.columns.entries()].filter(([, column]) => column[kind.of] > 0);
  const isBar = kind.of === 'witnessed';
  const path = marks
    .map(([index]) =>
      isBar ? bar(scale, index, middle) : `M${scale.centreOf(index)} ${middle}${kind.shape}`,
    )
    .join('');
  return html`<svg x="0" y=${rounded(middle - 6)} width="14" height="12" viewBox="-7 -6 14 12" aria-hidden="true" class=${`verdict-mark ${kind.name}`}><path d=${`M0 0${kind.shape}`}/></svg>
    <text class="row-name" x="18" y=${middle + 4}>${kind.word}</text><text class=${`row-count ${count === 0 ? 'none' : ''}`} x=${nameWidth - 12} y=${middle + 4} text-anchor="end">${count}</text>
    <g class=${`verdict-mark ${kind.name}`}><path d=${path}/></g>`;
}

/** Of the many that only a witness has seen, marks that together make a band. */
function bar(scale: CutScale, index: number, middle: number): string {
  const width = rounded(Math.max(1.6, Math.min(9, scale.columnWidth - 0.8)));
  return `M${rounded(scale.centreOf(index) - width / 2)} ${middle - 4}h${width}v8h-${width}z`;
}

/** Says what the column shows to whoever points at it, or comes to it by keys. */
function columnMark(
  timeLine: WriteTimeLine,
  index: number,
  scale: CutScale,
  { top, height }: { top: number; height: number },
): Markup {
  return html`<g class="column" role="img" tabindex="-1" data-column=${index}><title>${columnWords(timeLine, index, scale)}</title><rect x=${scale.leftOf(index)} y=${top} width=${scale.columnWidth} height=${height - top}/></g>`;
}

function range(from: number, until: number, step: number): number[] {
  return Array.from(
    { length: Math.max(0, Math.round((until - from) / step)) },
    (_, index) => from + index * step,
  );
}
