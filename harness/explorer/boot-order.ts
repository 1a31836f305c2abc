import { type StateCluster, spread, testOrder } from './clusters.ts';
import type { Exploration } from './exploration.ts';

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
  const chosen = spread(clusters).map((cluster) => firstOf(cluster, damaged));
  const first = [
    ...chosen.filter((number) => damaged.has(number)),
    ...chosen.filter((number) => !damaged.has(number)),
  ];
  for (const number of [...first, ...testOrder(exploration, clusters)]) {
    if (done.has(number)) continue;
    done.add(number);
    yield number;
  }
}

/** Those that are tried whether they were drawn or not: nothing can be said by them of the others. */
export function chosenStates(clusters: readonly StateCluster[], damaged: ReadonlySet<number>): Set<number> {
  return new Set(clusters.flatMap((cluster) => [firstOf(cluster, damaged), cluster.states[0]!]));
}

function firstOf({ states }: StateCluster, damaged: ReadonlySet<number>): number {
  return states.find((number) => damaged.has(number)) ?? states[0]!;
}
