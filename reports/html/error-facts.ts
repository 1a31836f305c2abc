import type { EventError } from '../events.ts';
import { html, type Markup } from './markup.ts';
import { saidLine, saidText } from './page-text.ts';

const stackFrames = 12;

/** Whose failure it is, in one word and one sentence: a broken product and a broken test look different at a glance. */
export const blames: Record<EventError['blame'], { word: string; says: string }> = {
  product: { word: 'the product', says: 'what is tested did something wrong' },
  usage: {
    word: 'the test',
    says: 'Assay or the scenario API was used wrongly; says nothing about the product',
  },
  harness: {
    word: 'the harness',
    says: 'Assay or the scenario itself broke; says nothing about the product',
  },
  host: { word: 'the host', says: 'the machine that runs the tests; says nothing about the product' },
};

/** Whose it is, as a badge. */
export function blameBadge({ blame }: Pick<EventError, 'blame'>): Markup {
  const { word, says } = blames[blame];
  return html`<p class=${`blame ${blame}`}><b>${word} broke</b> <span>${says}</span></p>`;
}

/** What was tried, where, expected, got, and what to do; then what caused it and what came after. */
export function errorFacts(error: EventError): Markup {
  return html`${sourceView(error)}
    <dl class="facts">${factRows(error)}</dl>
    ${differenceView(error.facts?.difference)}
    ${(error.related ?? []).map(
      (
        related,
      ) => html`<div class="related"><p><b>${related.relation}</b> <code>${saidText(related.code)}</code> ${saidText(related.message)}</p>
        <dl class="facts">${factRows(related)}</dl></div>`,
    )}
    ${error.blame !== 'product' && stack(error)}`;
}

function factRows({ facts, remedy }: Pick<EventError, 'facts' | 'remedy'>): Markup {
  return [
    fact('tried', facts?.tried),
    fact('where', facts?.where),
    fact('expected', facts?.expected),
    fact('got', facts?.got),
    fact('to do', remedy),
  ];
}

/** A row of a list of facts; nothing for a fact that is not known. */
export function fact(name: string, value: string | undefined): Markup {
  if (value === undefined || value === '') return null;
  return html`<dt>${name}</dt><dd class=${name.replace(' ', '-')}>${saidText(value)}</dd>`;
}

/** The line of the scenario that failed, between its neighbours. */
function sourceView({ source }: EventError): Markup {
  if (source === undefined) return null;
  return html`<figure class="source"><figcaption><code>${saidLine(source.file)}:${source.line}</code></figcaption>
    <pre tabindex="0">${markedLines(source.excerpt, '>')}</pre></figure>`;
}

/** Expected and got line by line: the first line says which mark means what. */
export function differenceView(difference: string | undefined): Markup {
  if (difference === undefined) return null;
  return html`<details class="difference" open><summary>difference</summary><pre tabindex="0">${markedLines(difference, '+-')}</pre></details>`;
}

/** Lines that begin with one of the marks stand out. */
function markedLines(text: string, marks: string): Markup {
  return saidText(text)
    .split('\n')
    .map((line, index) => {
      const mark = marks.indexOf(line[0] ?? ' ');
      const isMarked = mark !== -1 && !(marks.length > 1 && index === 0);
      return isMarked ? html`<b class=${`marked-${mark}`}>${`${line}\n`}</b>` : `${line}\n`;
    });
}

/** Where in Assay or in the scenario it happened: the frames, without the message that is there already. */
function stack(error: EventError): Markup {
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  if (frames.length === 0) return null;
  const shown = frames.slice(0, stackFrames).map((frame) => frame.trim());
  return html`<details><summary>stack</summary><pre>${saidText(shown.join('\n'))}</pre></details>`;
}
