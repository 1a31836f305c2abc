import type { StateCounts, WriteColumn, WriteTimeLine } from '../../reports/index.ts';
import type { PlaceOf } from './disk-places.ts';
import type { Exploration } from './exploration.ts';
import type { JudgedState } from './judge-states.ts';
import { isDamaged, isLost } from './judged-words.ts';
import type { Recording } from './recording.ts';
import type { HistoryEntry } from './write-history.ts';

/** So many columns can be told apart in a drawing of a page's width. */
const mostColumns = 320;
/** Parts of a disk; what more there are stand together in the last of them. */
const mostPlaces = 12;

/** What is drawn of one recording. States are named by their numbers. */
export interface TimeLineFindings {
  recording: Pick<Recording, 'acknowledgements' | 'toBytes'>;
  exploration: Exploration;
  fromPoint: number;
  verdicts: ReadonlyMap<number, JudgedState>;
  /** Null for those from which the product came back. */
  booted: ReadonlyMap<number, string | null>;
}

type Place = WriteTimeLine['places'][number];

/**
 * The writes of a recording, its flushes and acknowledgements, and what is known of the states at every cut, in columns. However
 * long the log is, there are few columns; every entry, state and acknowledgement is counted in one of them.
 */
export function writeTimeLine(findings: TimeLineFindings, placeOf: PlaceOf): WriteTimeLine {
  const { exploration, fromPoint } = findings;
  const entries = exploration.history.entries.slice(fromPoint);
  const entriesPerColumn = Math.max(1, Math.ceil(entries.length / (mostColumns - 1)));
  const columns = Array.from({ length: 1 + Math.ceil(entries.length / entriesPerColumn) }, emptyColumn);
  const columnAt = (point: number) => columns[Math.ceil((point - fromPoint) / entriesPerColumn)]!;
  const lanes = new Lanes(entries, placeOf);
  for (const entry of entries) {
    const column = columnAt(entry.index + 1);
    if (entry.isFlush) column.flushes += 1;
    lanes.add(entry, column);
  }
  addCuts(findings, columnAt);
  const totals = addStates(findings, columnAt);
  return {
    version: 1,
    ...{ fromPoint, points: entries.length + 1, entriesPerColumn },
    ...{ places: lanes.places, columns, totals },
    acknowledgedAt: acknowledgedAt(findings),
  };
}

function emptyColumn(): WriteColumn {
  return { hits: [], flushes: 0, atRisk: 0, enumerated: 0, ...noStates() };
}

function noStates(): StateCounts {
  const verdicts = { notLegal: 0, notAsked: 0, recovered: 0, cameBack: 0, witnessed: 0 };
  return { states: 0, looked: 0, booted: 0, ...verdicts };
}

/** The parts of the disk that were written to, in the order in which they lie. */
class Lanes {
  readonly places: Place[];
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #placeOf: PlaceOf;

  constructor(entries: readonly HistoryEntry[], placeOf: PlaceOf) {
    this.#placeOf = placeOf;
    const firstSectors = new Map<string, number>();
    for (const entry of entries) {
      for (const sector of endsOf(entry)) {
        const place = placeOf(sector);
        firstSectors.set(place, Math.min(sector, firstSectors.get(place) ?? sector));
      }
    }
    const names = [...firstSectors].sort(([, one], [, other]) => one - other).map(([name]) => name);
    const isTooMany = names.length > mostPlaces;
    const own = isTooMany ? names.slice(0, mostPlaces - 1) : names;
    const shown = isTooMany ? [...own, `${names.length - own.length} other places`] : own;
    this.#numbers = new Map(names.map((name, index) => [name, Math.min(index, shown.length - 1)]));
    this.places = shown.map((name) => ({ name, writes: 0, sectors: 0, discards: 0 }));
  }

  /** What reaches over two places is counted at both: it can damage either. */
  add(entry: HistoryEntry, { hits }: WriteColumn): void {
    for (const place of new Set(endsOf(entry).map((sector) => this.#numbers.get(this.#placeOf(sector))!))) {
      let hit = hits.find((known) => known.place === place);
      if (hit === undefined) {
        hit = { place, writes: 0, sectors: 0, fua: 0, discards: 0 };
        hits.push(hit);
      }
      const lane = this.places[place]!;
      if (entry.isDiscard) {
        hit.discards += 1;
        lane.discards += 1;
        continue;
      }
      hit.writes += 1;
      hit.sectors += entry.sectorCount;
      if (entry.isFua) hit.fua += 1;
      lane.writes += 1;
      lane.sectors += entry.sectorCount;
    }
  }
}

/** A write seldom reaches over two places; its ends tell. */
function endsOf({ firstSector, sectorCount, isMark }: HistoryEntry): number[] {
  if (sectorCount === 0 || isMark) return [];
  return [firstSector, firstSector + sectorCount - 1];
}

/** What each cut could have lost, and how many states were worked out for it. */
function addCuts(
  { exploration, fromPoint }: TimeLineFindings,
  columnAt: (point: number) => WriteColumn,
): void {
  let atRisk = 0;
  for (let point = 0; point < exploration.pointCount; point += 1) {
    const entry = exploration.history.entries[point - 1];
    if (entry?.isFlush) atRisk = 0;
    if (entry !== undefined && entry.versionCount > 0 && !entry.isFua) atRisk += 1;
    if (point < fromPoint) continue;
    const column = columnAt(point);
    column.atRisk = Math.max(column.atRisk, atRisk);
    column.enumerated += exploration.statesAt(point).length;
  }
}

/** Each state once in a column, however many of its cuts leave it. */
function addStates(findings: TimeLineFindings, columnAt: (point: number) => WriteColumn): StateCounts {
  const { exploration, fromPoint } = findings;
  const countedIn: (WriteColumn | undefined)[] = new Array(exploration.distinctCount).fill(undefined);
  const promised = promisedAt(findings);
  // From the last cut to the first: of a column's cuts, the one by which the most was promised counts.
  for (let point = exploration.pointCount - 1; point >= fromPoint; point -= 1) {
    const column = columnAt(point);
    for (const number of exploration.statesAt(point)) {
      if (countedIn[number] === column) continue;
      countedIn[number] = column;
      const latest = exploration.latestPoint(number);
      // The verdict is on what was promised by the latest cut that leaves the state; an earlier one may lose what came later.
      const isOfCut = columnAt(latest) === column || promised[point] === promised[latest];
      addState(column, findings, { number, isOfCut });
    }
  }
  const totals = noStates();
  for (let number = 0; number < exploration.distinctCount; number += 1) {
    if (exploration.latestPoint(number) < fromPoint) continue;
    addState(totals, findings, { number, isOfCut: true });
  }
  return totals;
}

function addState(
  counts: StateCounts,
  { verdicts, booted }: TimeLineFindings,
  { number, isOfCut }: { number: number; isOfCut: boolean },
): void {
  const judged = verdicts.get(number);
  counts.states += 1;
  if (judged !== undefined) counts.looked += 1;
  if (booted.has(number)) counts.booted += 1;
  const verdict = verdictOf(judged, booted.get(number));
  if (verdict !== undefined && (isOfCut || verdict !== 'notLegal')) counts[verdict] += 1;
}

/** @param cameBack Null when the product came back, else why it did not; undefined when no machine was asked. */
function verdictOf(judged: JudgedState | undefined, cameBack: string | null | undefined) {
  if (typeof cameBack === 'string' || (judged !== undefined && isLost(judged))) return 'notLegal';
  const isDamage = judged !== undefined && isDamaged(judged);
  if (cameBack === null) return isDamage ? 'recovered' : 'cameBack';
  if (isDamage) return 'notAsked';
  return judged === undefined ? undefined : 'witnessed';
}

/** By point, how many acknowledgements came before it. */
function promisedAt(findings: TimeLineFindings): Uint32Array {
  const counts = new Uint32Array(findings.exploration.pointCount);
  for (const point of acknowledgedAt(findings)) if (point !== null) counts[point]! += 1;
  for (let point = 1; point < counts.length; point += 1) counts[point]! += counts[point - 1]!;
  return counts;
}

/** The first cut after each; those from before the span are known at its first, those from after it are not of it. */
function acknowledgedAt({ recording, exploration, fromPoint }: TimeLineFindings): (number | null)[] {
  const { acknowledgements, toBytes } = recording;
  const { entries } = exploration.history;
  return acknowledgements.map(({ position }) => {
    if (position > toBytes) return null;
    const point = entries.filter(({ endOffsetBytes }) => endOffsetBytes <= position).length;
    return Math.max(fromPoint, point);
  });
}
