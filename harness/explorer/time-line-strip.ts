import type { WriteColumn, WriteTimeLine } from '../../reports/index.ts';

/** With the names of its rows it fits into 80 columns of a terminal. */
const widestStrip = 64;
const bars = '▁▂▃▄▅▆▇█';

/** The worst of a column is shown. */
const verdictSigns = [
  { of: 'notLegal', sign: 'X', word: 'not legal' },
  { of: 'notAsked', sign: '?', word: 'damaged, not asked' },
  { of: 'recovered', sign: '~', word: 'got over damage' },
  { of: 'cameBack', sign: '+', word: 'came back' },
  { of: 'witnessed', sign: '.', word: 'looked at' },
] as const;

/** A time line in a few rows of text, each with its name: sizes of writes, flushes, acknowledgements, verdicts. */
export function timeLineStrip(timeLine: WriteTimeLine): [name: string, row: string][] {
  const { entriesPerColumn, fromPoint } = timeLine;
  // The first column is the cut before all entries, and has a place of its own.
  const perPlace = Math.max(1, Math.ceil((timeLine.columns.length - 1) / (widestStrip - 1)));
  const placeOf = (column: number) => Math.ceil(column / perPlace);
  const places = [...Map.groupBy(timeLine.columns.keys(), placeOf).values()].map((columns) =>
    columns.map((column) => timeLine.columns[column]!),
  );
  const columnOf = (point: number) => Math.ceil((point - fromPoint) / entriesPerColumn);
  const promised = new Set(
    timeLine.acknowledgedAt.flatMap((point) => (point === null ? [] : placeOf(columnOf(point)))),
  );
  const sectors = places.map((columns) => total(columns, ({ hits }) => total(hits, (hit) => hit.sectors)));
  const cuts = places.map(verdictSign);
  const seen = verdictSigns.filter(({ sign }) => cuts.includes(sign));
  const row = (signs: readonly string[]) => signs.join('').trimEnd();
  const flushes = places.map((columns) => (columns.some((column) => column.flushes > 0) ? '|' : ' '));
  return [
    ['writes', row(sizeBars(sectors))],
    ['flushes', row(flushes)],
    ...(promised.size === 0
      ? []
      : [['promised', row(places.map((_, place) => (promised.has(place) ? '!' : ' ')))] as [string, string]]),
    ['cuts', row(cuts)],
    ...legend(entriesPerColumn * perPlace, seen).map((text): [string, string] => ['', text]),
  ];
}

function verdictSign(columns: readonly WriteColumn[]): string {
  const worst = verdictSigns.find(({ of }) => columns.some((column) => column[of] > 0));
  return worst?.sign ?? ' ';
}

/** What the signs mean, in as many rows as it takes. */
function legend(entries: number, seen: readonly { sign: string; word: string }[]): string[] {
  const scale = entries === 1 ? 'a write or flush each' : `${entries} entries each`;
  const rows = [scale];
  for (const { sign, word } of seen) {
    const longer = `${rows.at(-1)}; ${sign} ${word}`;
    if (longer.length <= widestStrip) rows.splice(-1, 1, longer);
    else rows.push(`${sign} ${word}`);
  }
  return rows;
}

/** From the least to the most that was written, on a logarithmic scale: most writes are small, and a few are very large. */
function sizeBars(sectors: readonly number[]): string[] {
  const sizes = sectors.filter((count) => count > 0).map(Math.log2);
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  return sectors.map((count) => {
    if (count === 0) return ' ';
    const share = most === least ? 0 : (Math.log2(count) - least) / (most - least);
    return bars[Math.round(share * (bars.length - 1))]!;
  });
}

function total<Item>(items: readonly Item[], amountOf: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + amountOf(item), 0);
}
