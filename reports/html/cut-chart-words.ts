import { formatSize, sectorBytes } from '../../foundation/index.ts';
import type { WriteColumn, WriteTimeLine } from '../exploration.ts';
import type { CutScale } from './cut-chart-scale.ts';
import { verdictWords } from './cut-chart-verdicts.ts';
import { counted, saidLine } from './page-text.ts';

/** All that a column shows, as a sentence or two. */
export function columnWords({ columns, places }: WriteTimeLine, index: number, scale: CutScale): string {
  const column = columns[index]!;
  const [first, last] = scale.cutsOf(index);
  const hits = column.hits.map(
    ({ place, ...hit }) => `${hitWords(hit)} to ${saidLine(places[place]?.name ?? 'elsewhere', 60)}`,
  );
  const flushes = column.flushes === 0 ? [] : [counted(column.flushes, 'flush', 'flushes')];
  const happened = [...hits, ...flushes].join('; ') || 'nothing';
  return index === 0
    ? `cut ${first}, before everything. ${stateWords(column)}`
    : `${first === last ? `entry ${first - 1}, then cut ${first}` : `entries ${first - 1} to ${last - 1}, a cut after each`}: ${happened}. ${stateWords(column)}`;
}

function hitWords({ writes, sectors, fua, discards }: Omit<WriteColumn['hits'][number], 'place'>): string {
  const durable = fua === 0 ? '' : ` (${fua === writes ? '' : `${fua} with `}FUA)`;
  const written = writes === 0 ? [] : [`${counted(writes, 'write')} of ${sizeText(sectors)}${durable}`];
  return [...written, ...(discards === 0 ? [] : [counted(discards, 'discard')])].join(' and ');
}

function stateWords(column: WriteColumn): string {
  const { atRisk, states, looked, booted } = column;
  const risk = `At most ${counted(atRisk, 'entry', 'entries')} could be lost`;
  return `${risk}: ${counted(states, 'state')}, ${looked} looked at, ${booted} tried in machines: ${verdictWords(column)}.`;
}

/** `12.0 KiB` of a number of sectors. */
export function sizeText(sectors: number): string {
  return formatSize(sectors * sectorBytes);
}
