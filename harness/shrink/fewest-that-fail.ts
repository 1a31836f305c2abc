/** What came of one candidate; `unresolved` says nothing of the product. */
export type CandidateVerdict = 'fails' | 'passes' | 'unresolved';

/** What delta debugging has come to. */
export interface FewestFound<Item> {
  /** In the order of the whole. */
  items: Item[];
  /** Without any single one of them it does not fail any more; else the search was ended before that was known. */
  isMinimal: boolean;
}

/**
 * Delta debugging: the fewest items that still fail (Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input",
 * 2002, algorithm ddmin). The whole is known to fail, nothing at all not to; neither is tried. No set is tried twice.
 *
 * @param verdictOf Tries some of the items, in their order; undefined ends the search.
 */
export async function fewestThatFail<Item>(
  whole: readonly Item[],
  verdictOf: (candidate: Item[]) => Promise<CandidateVerdict | undefined>,
): Promise<FewestFound<Item>> {
  const known = new Map<string, CandidateVerdict>();
  const firstFailing = async (candidates: readonly number[][]): Promise<number[] | 'none' | 'ended'> => {
    for (const candidate of candidates) {
      const key = candidate.join();
      const verdict = known.get(key) ?? (await verdictOf(candidate.map((index) => whole[index]!)));
      if (verdict === undefined) return 'ended';
      known.set(key, verdict);
      if (verdict === 'fails') return candidate;
    }
    return 'none';
  };
  const found = (indices: readonly number[], isMinimal: boolean) => ({
    items: indices.map((index) => whole[index]!),
    isMinimal,
  });

  let current = whole.map((_, index) => index);
  let parts = 2;
  while (current.length >= 2) {
    const subsets = split(current, parts);
    const subset = await firstFailing(subsets);
    if (subset === 'ended') return found(current, false);
    if (subset !== 'none') {
      [current, parts] = [subset, 2];
      continue;
    }
    const complements = subsets.map((removed) => current.filter((index) => !removed.includes(index)));
    const complement = await firstFailing(complements);
    if (complement === 'ended') return found(current, false);
    if (complement !== 'none') {
      [current, parts] = [complement, Math.max(parts - 1, 2)];
      continue;
    }
    if (parts >= current.length) break;
    parts = Math.min(2 * parts, current.length);
  }
  return found(current, true);
}

/** So many sets are tried at most: n² + 3n, as the paper has it, and never more than there are. */
export function mostCandidates(count: number): number {
  return Math.min(count ** 2 + 3 * count, 2 ** count - 2);
}

/** Parts of as equal a size as can be. */
function split(items: readonly number[], parts: number): number[][] {
  return Array.from({ length: parts }, (_, part) =>
    items.slice(Math.floor((part * items.length) / parts), Math.floor(((part + 1) * items.length) / parts)),
  );
}
