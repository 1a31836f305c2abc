import { html, type Markup } from './markup.ts';

/** What a column stands for, and what the marks mean, but for verdicts, whose rows have their names beside them. */
export function cutLegend(entriesPerColumn: number): Markup {
  const sign = (shape: Markup, words: string) =>
    html`<span><svg width="14" height="14" viewBox="-7 -7 14 14" aria-hidden="true">${shape}</svg> ${words}</span>`;
  const scale =
    entriesPerColumn === 1
      ? 'each column: an entry of the log, and the cut after it'
      : `each column: ${entriesPerColumn} entries of the log, and the cut after each of them`;
  return html`<p class="legend cut-legend"><span>${scale}</span>
    ${sign(html`<path class="write" d="M-5 6V2H-2V6ZM0 6V-5H3V6Z"/>`, 'write, higher: larger')}
    ${sign(html`<path class="write" d="M-2 6V0H2V6Z"/><path class="fua" d="M0-6l2.6 4h-5.2z"/>`, 'FUA: durable by itself')}
    ${sign(html`<path class="discard" d="M-5 0H5V3H-5Z"/>`, 'discard')}
    ${sign(html`<path class="flush" d="M0-6V6"/>`, 'flush')}
    ${sign(html`<path class="risk" d="M-6 6V2H-2V-3H2V-6H3V6Z"/>`, 'not durable yet')}
    ${sign(html`<path class="pole" d="M-4-6V7"/><path class="flag" d="M-4-6h8l-3 4 3 4h-8z"/>`, 'promised from here on')}
  </p>`;
}
