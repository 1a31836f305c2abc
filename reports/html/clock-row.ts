import { html, type Markup } from './markup.ts';
import { clockText } from './page-text.ts';
import type { TimeAxis } from './time-line-axis.ts';

/** Beyond, a label would stick out at the end of the line. */
const lastLabel = 0.96;

/** The head of a time line: round times of the run's clock. */
export function clockRow(axis: TimeAxis): Markup {
  return html`<div class="lane-name clock">clock</div>
    <svg class="axis" height="18" aria-hidden="true">${axis.ticksMs.map((tickMs) => {
      const isLabelled = axis.share(axis.fromMs, tickMs) < lastLabel;
      return html`<svg x=${axis.at(tickMs)} overflow="visible"><path class="tick" d="M0 12V18"/>${isLabelled && html`<text y="10">${clockText(tickMs).replace(/\.0$/, '')}</text>`}</svg>`;
    })}</svg>`;
}

/** The same times as lines through a lane. */
export function gridLines(axis: TimeAxis): Markup {
  return axis.ticksMs.map(
    (tickMs) => html`<line class="grid" x1=${axis.at(tickMs)} x2=${axis.at(tickMs)} y2="100%"/>`,
  );
}
