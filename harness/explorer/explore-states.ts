import { DistinctStates, type Stratum, strata } from './distinct-states.ts';
import { EpochStates, type EpochTables } from './epoch-states.ts';
import { type Epoch, epochsOf } from './epochs.ts';
import { Exploration } from './exploration.ts';
import { NotedStates } from './noted-states.ts';
import { laneCount } from './sector-hash.ts';
import { seededBelow, seededNumbers, seededSelection, seededSubset } from './seeded-choice.ts';
import type { HistoryEntry, WriteHistory } from './write-history.ts';

/** What is explored, and how far. */
export interface ExploreOptions {
  /** Decides the uniform draws, and which single losses are tried where there are too many. 1 by default. */
  seed?: number;
  /** How many states are drawn for the uniform stratum; 400 by default. */
  uniformDraws?: number;
  /** Tear the last write after each of its sectors, and not only after the first, in the middle, before the last. */
  tearEverywhere?: boolean;
  /**
   * Between which sectors a write may tear: 1 (default) on a disk with physical sectors of 512 bytes, 8 on one of 4 KiB.
   */
  tearUnitSectors?: number;
  /** At each point, of how many writes the loss is tried one by one; 256 by default. The result says how many were not. */
  maxSingleLosses?: number;
}

/** What a stratum came to. */
export interface StratumCount {
  enumerated: number;
  /** States that no stratum before it had; strata are counted in the order of their names in `strata`, point by point. */
  distinct: number;
  /** Left out because of `maxSingleLosses`. */
  skipped: number;
}

const defaults = {
  seed: 1,
  uniformDraws: 400,
  tearEverywhere: false,
  tearUnitSectors: 1,
  maxSingleLosses: 256,
};

/** The stream of the seed that decides points, and the first of those that decide one draw each. */
const pointStream = 0;
const lossStream = 1;
export const firstDrawStream = 2;

/**
 * Enumerates the states that a power cut may leave on the disk: at every crash point the durable writes alone, all
 * writes, all but one, the last one torn; and, drawn evenly among all points and all subsets, the uniform stratum.
 * States that are equal byte by byte are one state. Deterministic: the same history and options give the same states.
 */
export function exploreStates(history: WriteHistory, options: ExploreOptions = {}): Exploration {
  return new Enumeration(history, { ...defaults, ...options }).run();
}

class Enumeration {
  readonly #history: WriteHistory;
  readonly #options: Required<ExploreOptions>;
  readonly #states = new DistinctStates();
  readonly #counts = new Map<Stratum, StratumCount>(
    strata.map((stratum) => [stratum, { enumerated: 0, distinct: 0, skipped: 0 }]),
  );
  /** By draw, the number of its state. */
  readonly #drawn: Int32Array;
  /** By draw, its point. */
  readonly #drawnAt: Int32Array;
  readonly #noted: NotedStates;
  readonly #drawsByPoint: Map<number, number[]>;
  /** By slot, what the disk has when every write reached it. */
  readonly #newest: Int32Array;
  readonly #complete = new Int32Array(laneCount);
  readonly #tables: EpochTables;

  constructor(history: WriteHistory, options: Required<ExploreOptions>) {
    this.#history = history;
    this.#options = options;
    const slots = history.versions.sectors.length;
    this.#newest = new Int32Array(slots);
    this.#tables = {
      durable: new Int32Array(slots),
      durableHash: new Int32Array(laneCount),
      chosen: new Int32Array(slots),
      marks: new Int32Array(slots),
    };
    this.#drawn = new Int32Array(options.uniformDraws);
    this.#drawnAt = new Int32Array(options.uniformDraws);
    this.#noted = new NotedStates(history.entries.length + 1);
    this.#drawsByPoint = pointsOfDraws(options, history.entries.length);
  }

  run(): Exploration {
    const epochs = epochsOf(this.#history.entries);
    for (const epoch of epochs) this.#exploreEpoch(epoch);
    return new Exploration({
      history: this.#history,
      options: this.#options,
      epochs,
      states: this.#states,
      counts: this.#counts,
      drawn: this.#drawn,
      drawnAt: this.#drawnAt,
      noted: this.#noted,
    });
  }

  #exploreEpoch(epoch: Epoch): void {
    this.#tables.durable.set(this.#newest);
    this.#tables.durableHash.set(this.#complete);
    const states = new EpochStates(this.#history.versions, epoch, this.#tables);
    const kept = new Uint8Array(states.changes.length);
    const volatile: number[] = [];
    let count = 0;
    for (let point = epoch.firstPoint; point <= epoch.lastPoint; point += 1) {
      const change = states.changes[count];
      const isChange = change !== undefined && change.entry.index === point - 1;
      if (isChange) {
        states.apply(this.#complete, change.entry, this.#newest);
        if (change.entry.isFua) kept[count] = 1;
        else volatile.push(count);
        count += 1;
      }
      states.choose(kept, count);
      this.#note('durable', states.hash, point, 0);
      this.#note('complete', this.#complete, point, 0);
      this.#loseOne(states, point, volatile);
      if (isChange) this.#tear(states, point, change.entry);
      this.#draw(states, point, volatile, count);
    }
  }

  #loseOne(states: EpochStates, point: number, volatile: readonly number[]): void {
    const { seed, maxSingleLosses } = this.#options;
    const isTooMany = volatile.length > maxSingleLosses;
    this.#counts.get('single-loss')!.skipped += isTooMany ? volatile.length - maxSingleLosses : 0;
    const chosen = isTooMany
      ? seededSelection(seededNumbers(seed ^ point, lossStream), volatile.length, maxSingleLosses)
      : volatile.keys();
    for (const index of chosen) {
      const change = volatile[index]!;
      states.without(this.#complete, change, this.#newest);
      this.#note('single-loss', states.hash, point, states.changes[change]!.entry.index);
    }
  }

  #tear(states: EpochStates, point: number, entry: HistoryEntry): void {
    // A discard is no transfer that stops between two sectors.
    if (entry.isDiscard) return;
    let before: number | undefined;
    for (const keptSectors of tornLengths(entry, this.#options).reverse()) {
      states.torn(this.#complete, entry, keptSectors, before);
      this.#note('torn', states.hash, point, keptSectors);
      before = keptSectors;
    }
  }

  #draw(states: EpochStates, point: number, volatile: readonly number[], count: number): void {
    const draws = this.#drawsByPoint.get(point);
    if (draws === undefined) return;
    const subset = new Uint8Array(volatile.length);
    const kept = new Uint8Array(count).fill(1);
    for (const draw of draws) {
      seededSubset(seededNumbers(this.#options.seed, firstDrawStream + draw), volatile.length, subset);
      for (const [index, change] of volatile.entries()) kept[change] = subset[index]!;
      states.choose(kept, count);
      this.#drawn[draw] = this.#note('uniform', states.hash, point, draw);
      this.#drawnAt[draw] = point;
    }
  }

  #note(stratum: Stratum, hash: Int32Array, point: number, detail: number): number {
    const counts = this.#counts.get(stratum)!;
    const known = this.#states.count;
    const number = this.#states.add(hash, strata.indexOf(stratum), point, detail);
    counts.enumerated += 1;
    this.#noted.add(point, number);
    counts.distinct += this.#states.count - known;
    return number;
  }
}

/** After how many of its sectors a write may be torn: always at the borders of the disk's physical sectors. */
function tornLengths(
  { firstSector, sectorCount }: HistoryEntry,
  { tearEverywhere, tearUnitSectors }: Required<ExploreOptions>,
): number[] {
  const first = tearUnitSectors - (firstSector % tearUnitSectors);
  const count = Math.max(0, Math.ceil((sectorCount - first) / tearUnitSectors));
  const places = tearEverywhere
    ? Array.from({ length: count }, (_, index) => index)
    : [...new Set([0, (count - 1) >> 1, count - 1])].filter((place) => place >= 0 && place < count);
  return places.map((place) => first + place * tearUnitSectors);
}

/** Every draw takes its point evenly among all, so that together with its subset the draws are independent. */
function pointsOfDraws({ seed, uniformDraws }: Required<ExploreOptions>, entryCount: number) {
  const next = seededNumbers(seed, pointStream);
  const draws = new Map<number, number[]>();
  for (let draw = 0; draw < uniformDraws; draw += 1) {
    const point = seededBelow(next, entryCount + 1);
    const there = draws.get(point);
    if (there === undefined) draws.set(point, [draw]);
    else there.push(draw);
  }
  return draws;
}
