import type { PlaceOf } from './disk-places.ts';
import type { Exploration } from './exploration.ts';
import { seededBelow, seededNumbers } from './seeded-choice.ts';
import type { HistoryEntry } from './write-history.ts';

/** Multiples of it, without their whole parts, lie evenly however many there are. */
const goldenRatio = 0.618_033_988_749_895;

/** States that are alike: between the same flushes, something was lost in the same places and kept in the same others. */
export interface StateCluster {
  epoch: number;
  /** Where volatile writes reached the disk, sorted. */
  keptPlaces: readonly string[];
  /** Where some were lost or torn, sorted. */
  lostPlaces: readonly string[];
  isTorn: boolean;
  /** Numbers of the states; the first is the one to test first. */
  states: readonly number[];
}

/** Groups the states of an exploration. The first of a cluster is the one in its middle: neither nearly all nor nearly none. */
export function clustersOf(exploration: Exploration, placeOf: PlaceOf): StateCluster[] {
  const places = placesByEntry(exploration.history.entries, placeOf);
  const clusters = new Map<string, StateCluster & { states: number[] }>();
  for (let number = 0; number < exploration.distinctCount; number += 1) {
    const cluster = clusterOf(exploration, number, places);
    const key = JSON.stringify(cluster);
    const known = clusters.get(key);
    if (known === undefined) clusters.set(key, { ...cluster, states: [number] });
    else known.states.push(number);
  }
  return [...clusters.values()].map((cluster) => ({ ...cluster, states: middleFirst(cluster.states) }));
}

/** Clusters in an order in which those that come first lie all over the span, however many there is time for. */
export function spread(clusters: readonly StateCluster[]): StateCluster[] {
  return clusters
    .map((cluster, index) => ({ cluster, place: (index * goldenRatio) % 1 }))
    .sort((one, other) => one.place - other.place)
    .map(({ cluster }) => cluster);
}

/**
 * The order in which states are tested until the time is up: one of each cluster, all over the span, then the draws of the uniform stratum
 * in the order in which they were drawn, so that those that were tested are a sample themselves, then the others in
 * turns. Each state comes once.
 */
export function* testOrder(exploration: Exploration, clusters: readonly StateCluster[]): Generator<number> {
  const done = new Set<number>();
  const once = function* (number: number) {
    if (done.has(number)) return;
    done.add(number);
    yield number;
  };
  for (const { states } of spread(clusters)) yield* once(states[0]!);
  for (let draw = 0; draw < exploration.options.uniformDraws; draw += 1) {
    yield* once(exploration.drawnState(draw));
  }
  const next = seededNumbers(exploration.options.seed, -1);
  const rest = clusters.map(({ states }) => shuffled(states.slice(1), next));
  for (let turn = 0; rest.some((states) => turn < states.length); turn += 1) {
    for (const states of rest) if (turn < states.length) yield* once(states[turn]!);
  }
}

function clusterOf(exploration: Exploration, number: number, places: readonly (readonly string[])[]) {
  const { point, dropped, tornSectors } = exploration.state(number).state;
  const epoch = exploration.epochAt(point);
  const lost = new Set(dropped);
  const keptPlaces = new Set<string>();
  const lostPlaces = new Set<string>();
  for (const { index } of epoch.changes) {
    if (index >= point) break;
    const isTorn = index === point - 1 && tornSectors !== undefined;
    for (const place of places[index]!) {
      if (!lost.has(index)) keptPlaces.add(place);
      if (lost.has(index) || isTorn) lostPlaces.add(place);
    }
  }
  return {
    epoch: epoch.number,
    keptPlaces: [...keptPlaces].sort(),
    lostPlaces: [...lostPlaces].sort(),
    isTorn: tornSectors !== undefined,
  };
}

/** A write seldom reaches over two places; its ends tell. */
function placesByEntry(entries: readonly HistoryEntry[], placeOf: PlaceOf): string[][] {
  return entries.map(({ firstSector, sectorCount }) =>
    sectorCount === 0 ? [] : [...new Set([placeOf(firstSector), placeOf(firstSector + sectorCount - 1)])],
  );
}

function middleFirst(states: readonly number[]): number[] {
  const middle = states.length >> 1;
  return [states[middle]!, ...states.slice(0, middle), ...states.slice(middle + 1)];
}

function shuffled(states: number[], next: () => number): number[] {
  for (let last = states.length - 1; last > 0; last -= 1) {
    const other = seededBelow(next, last + 1);
    [states[last], states[other]] = [states[other]!, states[last]!];
  }
  return states;
}
