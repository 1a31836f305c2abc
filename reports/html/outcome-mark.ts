import type { ShownOutcome } from '../outcome-counts.ts';
import { html, type Markup } from './markup.ts';
import { outcomeSigns } from './page-text.ts';

/** An outcome as sign, word and colour. */
export function outcomeMark(outcome: ShownOutcome): Markup {
  const { sign, word } = outcomeSigns[outcome];
  return html`<span class=${`outcome ${word}`}><span aria-hidden="true">${sign}</span> ${word}</span>`;
}
