import { z } from 'zod';
import { verdicts, verdictWords } from '../../reports/validation/index.ts';
import type { ComparedFindings } from './compare-findings.ts';

const text = z.string().min(1);

/** What is known to be missed, by the names of the disks. */
export const knownMissesSchema = z.strictObject({
  format: z.literal('assay example misses 1'),
  disks: z.record(
    text,
    z.strictObject({
      misses: z.array(z.strictObject({ what: text.describe('As the expectations say it.'), why: text })),
      verdictWithClones: z
        .strictObject({ is: z.enum(verdicts.map(verdictWords)), why: text })
        .optional()
        .describe('Where clones show more than was expected.'),
    }),
  ),
});

export type KnownMisses = z.output<typeof knownMissesSchema>['disks'][string];

/** How a validation differs from the ones before. */
export interface Drift {
  /** Missed and not known to be, or another verdict. */
  worse: string[];
  /** Known to be missed, and found now. */
  better: string[];
}

/** What has become worse or better than is known of a disk. Pure. */
export function driftOf(
  { found, missed, verdict }: ComparedFindings,
  { misses, verdictWithClones }: KnownMisses = { misses: [] },
  scope: 'static' | 'dynamic' = 'static',
): Drift {
  const isKnown = (what: string) => misses.some((miss) => miss.what === what);
  const expected = (scope === 'dynamic' && verdictWithClones?.is) || verdict.expected;
  return {
    worse: [
      ...(verdict.got === expected ? [] : [`the verdict is ${verdict.got}, expected was ${expected}`]),
      ...missed
        .filter(({ what }) => !isKnown(what))
        .map(({ what, finding }) => `missed: ${what} (${finding})`),
    ],
    better: found
      .filter(({ planted }) => isKnown(planted.what))
      .map(({ planted }) => `found, and known to be missed: ${planted.what}`),
  };
}
