import { z } from 'zod';
import { count, id, name, path, sentence, text } from './event-fields.ts';

/** What scenario-started says of a drill: the scenario under faults, and which faults at which moments. */
export const drillFacts = z.strictObject({
  /** The scenario without its faults. */
  scenario: name,
  faults: z
    .array(
      z.strictObject({
        /** Its name in the catalogue. */
        fault: name,
        /** The name with its parameters, without the moment. */
        text: text(1_000),
        moment: text(1_000),
      }),
    )
    .min(1)
    .overwrite((faults) => faults.slice(0, 50)),
  /** What the disks were on, where the drill says so: `nvme`. */
  controller: name.optional(),
  /** The layout of the unit, where the drill says so. */
  layout: name.optional(),
  /** Its rightful end, where that is not that the machine is well again: `refused:/licence/`. */
  ends: text(1_000).optional(),
  /** It is known to fail, and its failure does not fail the campaign until then. */
  quarantine: z.strictObject({ owner: name, reason: sentence, expires: z.iso.date() }).optional(),
});

/** What run-started says of a campaign: the matrix that its drills are taken from. */
export const campaignFacts = z.strictObject({
  /** The matrix as it was named. */
  matrix: path,
  /** Of all its drills in their order: the same matrix with the same seed has the same. */
  planDigest: name,
  /** How many drills the whole matrix has. */
  drills: count,
  /** How many combinations were left out, since the fault cannot be injected at the moment. */
  leftOut: count,
  /** No drill is begun after so long. */
  budgetMs: count.optional(),
  /** The run whose unfinished drills these are. */
  resumes: id.optional(),
});

export type DrillFacts = z.output<typeof drillFacts>;
export type CampaignFacts = z.output<typeof campaignFacts>;
