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
      misses: z.array(
        z.strictObject({
          what: text.describe('As the expectations say it.'),
          why: text,
          foundAs: z
            .strictObject({ finding: text, where: text.describe('The place has this text in it.') })
            .optional()
            .describe('The finding that names it otherwise than was expected.'),
        }),
      ),
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
  compared: ComparedFindings,
  known: KnownMisses = { misses: [] },
  scope: 'static' | 'dynamic' = 'static',
): Drift {
  const { found, missed, verdict } = compared;
  const { misses, verdictWithClones } = known;
  const expected = (scope === 'dynamic' && verdictWithClones?.is) || verdict.expected;
  const knownMiss = (what: string) => misses.find((miss) => miss.what === what);
  return {
    worse: [
      ...(verdict.got === expected ? [] : [`the verdict is ${verdict.got}, expected was ${expected}`]),
      ...missed.flatMap(({ what, finding }) => {
        const miss = knownMiss(what);
        if (miss === undefined) return [`missed: ${what} (${finding})`];
        return isStillFound(miss, compared)
          ? []
          : [`missed, and found before as ${miss.foundAs!.finding}: ${what}`];
      }),
    ],
    better: found
      .filter(({ planted }) => knownMiss(planted.what) !== undefined)
      .map(({ planted }) => `found, and known to be missed: ${planted.what}`),
  };
}

/** Nobody expects a real miss to be found. */
function isStillFound({ foundAs }: KnownMisses['misses'][number], { extra }: ComparedFindings): boolean {
  if (foundAs === undefined) return true;
  return extra.some(
    ({ finding: { kind, where } }) => kind === foundAs.finding && where.includes(foundAs.where),
  );
}
