import type { StateCounts } from '../exploration.ts';

/** The height of a row of verdicts. */
export const verdictHeight = 17;

type VerdictKey = 'notLegal' | 'notAsked' | 'recovered' | 'cameBack' | 'witnessed';

/** What may be said of a state, the worst first. Each has a row, a shape and a colour: any one of them tells it. */
export interface VerdictKind {
  of: VerdictKey;
  /** The class of its marks. */
  name: string;
  word: string;
  /** A path around wherever it is put: all its steps are relative. */
  shape: string;
}

export const verdictKinds: readonly VerdictKind[] = [
  { of: 'notLegal', name: 'not-legal', word: 'not legal', shape: 'm-4-4 8 8m0-8-8 8' },
  { of: 'notAsked', name: 'not-asked', word: 'damaged, not asked', shape: 'm0-4.5 4.5 4.5-4.5 4.5-4.5-4.5z' },
  { of: 'recovered', name: 'recovered', word: 'got over damage', shape: 'm0-4.5 4.8 8.5h-9.6z' },
  {
    of: 'cameBack',
    name: 'came-back',
    word: 'came back',
    shape: 'm0-3.6a3.6 3.6 0 1 1 0 7.2 3.6 3.6 0 1 1 0-7.2z',
  },
  { of: 'witnessed', name: 'witnessed', word: 'legal to witnesses', shape: 'm-1.5-4.5h3v9h-3z' },
];

/** `3 not legal, 12 legal to witnesses, 4 nobody looked at`; nothing where there are no states. */
export function verdictWords(counts: StateCounts): string {
  const said = verdictKinds.filter(({ of }) => counts[of] > 0).map(({ of, word }) => `${counts[of]} ${word}`);
  const known = verdictKinds.reduce((sum, { of }) => sum + counts[of], 0);
  const unknown = counts.states - known;
  return [...said, ...(unknown > 0 ? [`${unknown} without a verdict`] : [])].join(', ');
}
