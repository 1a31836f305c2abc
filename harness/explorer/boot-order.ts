import { type StateCluster, testOrder } from './clusters.ts';
import type { Exploration } from './exploration.ts';

/** Multiples of it, without their whole parts, lie evenly however many there are. */
const goldenRatio = 0.618_033_988_749_895;

/**
 * In which order states are tried in a machine, where there is time for a few: of each cluster in which a witness has found
 * damage one such state, then one of each other cluster, spread over the whole span; then as `testOrder` has them.
 *
 * @param damaged States in which a witness has found something.
 */
export function* bootOrder(
  exploration: Exploration,
  clusters: readonly StateCluster[],
  damaged: ReadonlySet<number>,
): Generator<number> {
  const done = new Set<number>();
  const spread = clusters
    .map((cluster, index) => ({ cluster, place: (index * goldenRatio) % 1 }))
    .sort((one, other) => one.place - other.place)
    .map(({ cluster }) => cluster.states.find((number) => damaged.has(number)) ?? cluster.states[0]!);
  const first = [
    ...spread.filter((number) => damaged.has(number)),
    ...spread.filter((number) => !damaged.has(number)),
  ];
  for (const number of [...first, ...testOrder(exploration, clusters)]) {
    if (done.has(number)) continue;
    done.add(number);
    yield number;
  }
}
