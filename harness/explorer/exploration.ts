import type { CrashState } from './crash-state.ts';
import type { DistinctStates, StateOrigin, Stratum } from './distinct-states.ts';
import type { Epoch } from './epochs.ts';
import { type ExploreOptions, firstDrawStream, type StratumCount } from './explore-states.ts';
import type { NotedStates } from './noted-states.ts';
import { seededNumbers, seededSubset } from './seeded-choice.ts';
import type { WriteHistory } from './write-history.ts';

/** One state that a power cut may leave, however many cuts leave it. */
export interface ExploredState {
  /** Counted from 0, in the order in which they were found. */
  number: number;
  /** 128 bits in hexadecimal; all zeros are the base image itself. */
  hash: string;
  /** How it is left by the latest cut that leaves it: whatever was acknowledged by then has to be in it. */
  state: CrashState;
  /** The earliest cut that leaves it. */
  firstPoint: number;
  strata: readonly Stratum[];
  /** How many draws of the uniform stratum led to it. */
  uniformDraws: number;
}

interface ExplorationParts {
  history: WriteHistory;
  options: Required<ExploreOptions>;
  epochs: readonly Epoch[];
  states: DistinctStates;
  counts: ReadonlyMap<Stratum, StratumCount>;
  /** By draw, the number of its state. */
  drawn: Int32Array;
  /** By draw, its cut. */
  drawnAt: Int32Array;
  noted: NotedStates;
}

/** What {@link exploreStates} has found. */
export class Exploration {
  readonly history: WriteHistory;
  readonly options: Required<ExploreOptions>;
  readonly epochs: readonly Epoch[];
  /** By stratum: states enumerated, new ones among them, and those that were left out. */
  readonly counts: ReadonlyMap<Stratum, StratumCount>;
  readonly #states: DistinctStates;
  readonly #drawn: Int32Array;
  readonly #drawnAt: Int32Array;
  readonly #noted: NotedStates;

  constructor({ history, options, epochs, states, counts, drawn, drawnAt, noted }: ExplorationParts) {
    this.history = history;
    this.options = options;
    this.epochs = epochs;
    this.counts = counts;
    this.#states = states;
    this.#drawn = drawn;
    this.#drawnAt = drawnAt;
    this.#noted = noted;
  }

  /** Crash points: before the first entry of the log, and after each. */
  get pointCount(): number {
    return this.history.entries.length + 1;
  }

  /** States that differ in at least one byte. */
  get distinctCount(): number {
    return this.#states.count;
  }

  /** All states that were enumerated, equal ones as often as they came. */
  get enumeratedCount(): number {
    return [...this.counts.values()].reduce((sum, { enumerated }) => sum + enumerated, 0);
  }

  /** A state by its number, from 0 to {@link distinctCount} - 1. */
  state(number: number): ExploredState {
    return {
      number,
      hash: this.#states.hex(number),
      state: this.#crashState(this.#states.last(number)),
      firstPoint: this.#states.first(number).point,
      strata: this.#states.strataOf(number),
      uniformDraws: this.#states.draws(number),
    };
  }

  /** The latest cut that leaves a state: the point of {@link state}, without making the rest of it. */
  latestPoint(number: number): number {
    return this.#states.last(number).point;
  }

  /** The states that a cut at this point may leave, by their numbers; equal ones as often as they were enumerated. */
  statesAt(point: number): Int32Array {
    return this.#noted.at(point);
  }

  /** The number of the state that a draw of the uniform stratum led to; draws are counted from 0. */
  drawnState(draw: number): number {
    return this.#drawn[draw]!;
  }

  /**
   * The states of the draws whose cut is not before this point, in the order in which they were drawn. What an earlier cut leaves is
   * no draw of this part, though a later one may leave it, too.
   */
  drawnFrom(point: number): number[] {
    return [...this.#drawn].filter((_, draw) => this.#drawnAt[draw]! >= point);
  }

  /** The epoch that a crash point lies in. */
  epochAt(point: number): Epoch {
    let [low, high] = [0, this.epochs.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.epochs[middle]!.lastPoint < point) low = middle + 1;
      else high = middle;
    }
    return this.epochs[low]!;
  }

  #crashState({ stratum, point, detail }: StateOrigin): CrashState {
    const volatile = this.#volatileAt(point);
    switch (stratum) {
      case 'durable':
        return { point, dropped: volatile };
      case 'complete':
        return { point, dropped: [] };
      case 'single-loss':
        return { point, dropped: [detail] };
      case 'torn':
        return { point, dropped: [], tornSectors: detail };
      case 'uniform': {
        const kept = new Uint8Array(volatile.length);
        seededSubset(seededNumbers(this.options.seed, firstDrawStream + detail), volatile.length, kept);
        return { point, dropped: volatile.filter((_, index) => kept[index] === 0) };
      }
    }
  }

  /** The entries that a cut at this point may lose. */
  #volatileAt(point: number): number[] {
    return this.epochAt(point)
      .changes.filter(({ index, isFua }) => index < point && !isFua)
      .map(({ index }) => index);
  }
}
