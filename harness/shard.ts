import { harnessErrors } from './errors.ts';
import type { LoadedScenario } from './load-scenarios.ts';

/** One part of a run that is divided over several hosts; `number` counts from 1. */
export interface Shard {
  number: number;
  of: number;
}

/** `2/8`, as --shard takes it. @throws HARNESS_USAGE */
export function parseShard(text: string): Shard {
  const [, number, of] = /^([1-9]\d{0,4})\/([1-9]\d{0,4})$/.exec(text) ?? [];
  const shard = { number: Number(number), of: Number(of) };
  if (number === undefined || shard.number > shard.of) {
    throw harnessErrors.HARNESS_USAGE({
      tried: 'read --shard',
      expected: 'I/N, the part and how many there are, from 1/N to N/N',
      got: JSON.stringify(text),
      remedy: 'the first of three parts is --shard 1/3, the last --shard 3/3',
    });
  }
  return shard;
}

/**
 * The scenarios of one part, in the order in which they were given. Every host divides alike: only what scenarios
 * declare counts, never what a host remembers. The longest ceilings (`timeoutMs`) are dealt first, each to the part
 * that has the least so far; names decide where ceilings agree, so the order of files does not matter.
 */
export function shardOf(selected: readonly LoadedScenario[], shard: Shard): LoadedScenario[] {
  const loadsMs = new Array<number>(shard.of).fill(0);
  const own = new Set<LoadedScenario>();
  for (const one of [...selected].sort(byWeight)) {
    const lightest = loadsMs.indexOf(Math.min(...loadsMs));
    loadsMs[lightest]! += one.scenario.timeoutMs;
    if (lightest === shard.number - 1) own.add(one);
  }
  return selected.filter((one) => own.has(one));
}

function byWeight({ scenario: one }: LoadedScenario, { scenario: other }: LoadedScenario): number {
  // By code units: an order by language could differ from host to host.
  return other.timeoutMs - one.timeoutMs || (one.name < other.name ? -1 : 1);
}
