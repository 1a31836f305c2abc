import type { WriteTimeLine } from '../exploration.ts';
import type { CutScale } from './cut-chart-scale.ts';
import { html, type Markup } from './markup.ts';
import { saidLine } from './page-text.ts';

const rowHeight = 16;
const mostRows = 4;
const longestText = 44;
const letterWidth = 6.1;
/** So many can be tabbed to; the list has all of them. */
const mostFocusable = 40;

/** What was acknowledged within one column. */
export interface Flag {
  column: number;
  labels: string[];
  /** Cut off to fit; empty where there is no room for it. */
  text: string;
  /** Counted from 0, downwards. */
  row: number;
  isLeftward: boolean;
}

/** The acknowledgements of a time line as flags, so placed that their texts do not cover each other. */
export function flagsOf(
  { acknowledgedAt }: WriteTimeLine,
  labels: readonly string[],
  scale: CutScale,
): Flag[] {
  const byColumn = new Map<number, string[]>();
  for (const [index, point] of acknowledgedAt.entries()) {
    if (point === null) continue;
    const column = scale.columnOf(point);
    byColumn.set(column, [...(byColumn.get(column) ?? []), labels[index] ?? '']);
  }
  const taken: number[] = Array.from({ length: mostRows }, () => 0);
  const sorted = [...byColumn].sort(([one], [other]) => one - other);
  return sorted.map(([column, own]) => placed(column, own, taken, scale));
}

/** How high the flags stand above the lanes; those without a text have the lowest row for themselves. */
export function flagsHeight(flags: readonly Flag[]): number {
  const rows = flags.map(({ row, text }) => (text === '' ? bareRow(flags) : row) + 1);
  return flags.length === 0 ? 0 : Math.max(...rows) * rowHeight + 4;
}

/** Flags on poles that go down to the cuts: from there on it is promised. */
export function flagMarks(
  flags: readonly Flag[],
  scale: CutScale,
  place: { top: number; until: number },
): Markup {
  const bare = bareRow(flags);
  const placed = flags.map((flag) => {
    const y = place.top + (flag.text === '' ? bare : flag.row) * rowHeight;
    return { flag, x: scale.leftOf(flag.column), y };
  });
  const poles = placed.map(({ x, y }) => `M${x} ${y + 1}V${place.until}`).join('');
  return [
    html`<path class="pole" d=${poles}/>`,
    placed.map(({ flag, x, y }, index) => {
      const { column, labels, text, isLeftward } = flag;
      const side = isLeftward ? -1 : 1;
      const more = labels.length === 1 ? '' : `, and ${labels.length - 1} more`;
      return html`<g class="promise" role="img" tabindex=${index < mostFocusable ? '0' : '-1'}>
        <title>${`promised before cut ${scale.cutsOf(column)[0]}: ${saidLine(labels[0]!)}${more}`}</title>
        <path class="flag" d=${`M${x} ${y + 1}h${8 * side}l${-3 * side} 4 ${3 * side} 4H${x}z`}/>
        ${text !== '' && html`<text x=${x + 12 * side} y=${y + 10} text-anchor=${isLeftward ? 'end' : 'start'}>${text}</text>`}
      </g>`;
    }),
  ];
}

function bareRow(flags: readonly Flag[]): number {
  return 1 + Math.max(-1, ...flags.filter(({ text }) => text !== '').map(({ row }) => row));
}

/** @param taken Up to where each row has text already. */
function placed(column: number, labels: string[], taken: number[], scale: CutScale): Flag {
  const x = scale.leftOf(column);
  const more = labels.length === 1 ? '' : ` (+${labels.length - 1})`;
  const text = `${shortLine(labels[0]!)}${more}`;
  const width = 16 + text.length * letterWidth;
  const isLeftward = x + width > scale.width;
  const [from, until] = isLeftward ? [x - width, x + 4] : [x, x + width];
  const row = taken.findIndex((end) => end <= from);
  if (row === -1) return { column, labels, text: '', row, isLeftward: false };
  taken[row] = until + 6;
  return { column, labels, text, row, isLeftward };
}

function shortLine(label: string): string {
  const said = saidLine(label);
  return said.length <= longestText
    ? said
    : `${said
        .slice(0, longestText - 1)
        .toWellFormed()
        .trimEnd()}\u2026`;
}
