import type { WriteTimeLine } from '../exploration.ts';
import { type CutScale, rounded } from './cut-chart-scale.ts';
import { sizeText } from './cut-chart-words.ts';
import { html, type Markup } from './markup.ts';
import { counted, saidLine } from './page-text.ts';

export const laneHeight = 34;
export const flushHeight = 18;
export const riskHeight = 34;

const tallestBar = 19;
const shortestBar = 3;
/** Lines that are closer to each other, on average, are a grey surface. */
const leastLineDistance = 9;

/** The name of a row and what is said of all of it, left of what is drawn. */
export function rowName(name: string, detail: string, top: number): Markup {
  return html`<text class="row-name" x="0" y=${top + 13}>${name}</text>
    ${detail !== '' && html`<text class="row-detail" x="0" y=${top + 26}>${detail}</text>`}`;
}

/** One part of the disk: a bar for each column that wrote to it, higher the more was written, on a logarithmic scale. */
export function placeLane(timeLine: WriteTimeLine, place: number, scale: CutScale, top: number): Markup {
  const { name, writes, sectors, discards } = timeLine.places[place]!;
  const base = top + laneHeight - 6;
  const width = rounded(Math.max(1.6, Math.min(10, scale.columnWidth - 1)));
  const heightOf = barHeights(timeLine);
  const paths = { bars: '', durable: '', discards: '' };
  for (const [index, { hits }] of timeLine.columns.entries()) {
    const hit = hits.find((one) => one.place === place);
    if (hit === undefined) continue;
    const left = rounded(scale.centreOf(index) - width / 2);
    const height = heightOf(hit.sectors);
    if (hit.writes > 0) paths.bars += `M${left} ${base}v-${height}h${width}v${height}z`;
    if (hit.fua > 0)
      paths.durable += `M${rounded(scale.centreOf(index))} ${rounded(base - height - 6)}l2.6 4h-5.2z`;
    if (hit.discards > 0) paths.discards += `M${left} ${base + 1.5}h${width}v3h-${width}z`;
  }
  const detail = [
    ...(writes === 0 ? [] : [`${counted(writes, 'write')}, ${sizeText(sectors)}`]),
    ...(discards === 0 ? [] : [counted(discards, 'discard')]),
  ].join(', ');
  return html`${rowName(saidLine(name, 28), detail, top)}
    <path class="write" d=${paths.bars}/><path class="discard" d=${paths.discards}/><path class="fua" d=${paths.durable}/>`;
}

/** A tick for each column with a flush, and a line from it through the places that it made durable, while these can be told apart. */
export function flushRow(timeLine: WriteTimeLine, scale: CutScale, place: { top: number; from: number }) {
  const { top, from } = place;
  const columns = [...timeLine.columns.keys()].filter((index) => timeLine.columns[index]!.flushes > 0);
  const isCrowded = columns.length * leastLineDistance > timeLine.columns.length * scale.columnWidth;
  const lines = columns.map((index) => `M${scale.centreOf(index)} ${from}V${top + 2}`).join('');
  const ticks = columns.map((index) => `M${scale.centreOf(index)} ${top + 3}v11`).join('');
  return html`${!isCrowded && html`<path class="flush-line" d=${lines}/>`}<path class="flush" d=${ticks}/>
    <text class="row-name" x="0" y=${top + 13}>flushes</text>`;
}

/** How much a cut could have lost: it grows with every write, and a flush takes it to nothing. */
export function riskRow(timeLine: WriteTimeLine, scale: CutScale, top: number): Markup {
  const most = Math.max(...timeLine.columns.map(({ atRisk }) => atRisk));
  const base = top + riskHeight - 5;
  const steps = timeLine.columns.map(({ atRisk }, index) => {
    const height = most === 0 ? 0 : (atRisk / most) * (riskHeight - 10);
    return `V${rounded(base - height)}H${scale.leftOf(index + 1)}`;
  });
  return html`${rowName('a cut could lose', `at most ${counted(most, 'entry', 'entries')}`, top)}
    <path class="risk" d=${`M${scale.leftOf(0)} ${base}${steps.join('')}V${base}Z`}/>`;
}

/** Heights from the least to the most that was written anywhere, so that those of all places can be compared. */
function barHeights({ columns }: WriteTimeLine): (sectors: number) => number {
  let [least, most] = [Number.POSITIVE_INFINITY, 1];
  for (const { sectors, writes } of columns.flatMap(({ hits }) => hits)) {
    if (writes > 0) least = Math.min(least, Math.log2(Math.max(1, sectors)));
    most = Math.max(most, Math.log2(Math.max(1, sectors)));
  }
  const unit = (tallestBar - shortestBar) / Math.max(1, most - least);
  return (sectors) => rounded(shortestBar + (Math.log2(Math.max(1, sectors)) - least) * unit);
}
