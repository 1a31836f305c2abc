import { z } from 'zod';
import { verdicts, verdictWords } from '../../reports/validation/index.ts';

const text = z.string().min(1);

/** What was put on an example's disk, and the finding that has to name it; written before the disk was first validated. */
export const expectationsSchema = z.strictObject({
  format: z.literal('assay example expectations 1'),
  verdict: z.enum(verdicts.map(verdictWords)).describe('As it stands in the report.'),
  planted: z.array(
    z.strictObject({
      what: text.describe('What was planted, for people.'),
      finding: text.describe('The kind of the finding.'),
      where: text.describe('The place that the finding names has this text in it.'),
      scope: z.enum(['static', 'dynamic']).default('static').describe('`dynamic`: only clones show it.'),
    }),
  ),
  allowed: z
    .array(
      z.strictObject({
        finding: text,
        where: text.optional().describe('Only there.'),
        reason: text.describe('Why it is right that this is found, though nobody planted it.'),
      }),
    )
    .default([]),
});

export type Expectations = z.output<typeof expectationsSchema>;
