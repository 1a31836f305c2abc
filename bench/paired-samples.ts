import { median } from './statistics.ts';

/** What was measured on both sides of one pair. */
export interface Pair {
  /** What Assay is compared with. */
  reference: number;
  measured: number;
}

export interface PairedSides {
  reference: (pair: number) => Promise<number>;
  measured: (pair: number) => Promise<number>;
}

/**
 * Measures two sides in turns, so that what changes on the host meanwhile meets both. The side that goes first
 * alternates, so that neither always finds what the other has left behind.
 *
 * @param onPair Is told each pair as soon as it is complete; pairs count from 0.
 */
export async function measurePairs(
  count: number,
  sides: PairedSides,
  onPair: (pair: Pair, index: number) => void = () => {},
): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (let index = 0; index < count; index += 1) {
    const pair: Pair = { reference: Number.NaN, measured: Number.NaN };
    for (const side of sidesInOrder(index)) pair[side] = await sides[side](index);
    pairs.push(pair);
    onPair(pair, index);
  }
  return pairs;
}

function sidesInOrder(index: number): (keyof Pair)[] {
  return index % 2 === 0 ? ['reference', 'measured'] : ['measured', 'reference'];
}

/** Of each pair, how many times the reference the measured side is. */
export function ratiosOf(pairs: readonly Pair[]): number[] {
  return pairs.map(({ reference, measured }) => measured / reference);
}

/** The medians of both sides, for the report. */
export function mediansOf(pairs: readonly Pair[]): Pair {
  return {
    reference: median(pairs.map(({ reference }) => reference)),
    measured: median(pairs.map(({ measured }) => measured)),
  };
}
