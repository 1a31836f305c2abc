import { resolve } from 'node:path';
import { z } from 'zod';
import { AssayError } from '../../../foundation/index.ts';
import { diskControllers } from '../../../vm/index.ts';
import { checkLayout } from '../../appliance/profile.ts';
import { findFault, type PlannedFault, parsePlannedFault } from '../fault-plan.ts';
import { type Moment, parseMoment } from '../moment.ts';
import { parseRightfulEnd, type RightfulEnd } from '../rightful-end.ts';

/** A fault as a matrix names it, before it has its moment. */
const unplacedFault = z.string().transform((text, context) =>
  readOr(context, () => {
    const [name = ''] = text.trim().split(/\s+/);
    // Any moment at which it can be makes the text whole; the real ones come from the matrix.
    return parsePlannedFault(`${text} at ${findFault(name).when === 'on' ? 'time:1s' : 'power-on'}`);
  }),
);

const moment = z.string().transform((text, context) => readOr(context, () => parseMoment(text)));

const ends = z.string().transform((text, context) => readOr(context, () => parseRightfulEnd(text)));

const faultEntry = z.preprocess(
  (value) => (typeof value === 'string' ? { fault: value } : value),
  z.strictObject({
    fault: unplacedFault,
    moments: z.array(moment).min(1).optional(),
    ends: ends.optional(),
  }),
);

const plannedFault = z.string().transform((text, context) => readOr(context, () => parsePlannedFault(text)));

const plan = z.preprocess(
  (value) => (Array.isArray(value) ? { faults: value } : value),
  z.strictObject({ faults: z.array(plannedFault).min(1), ends: ends.optional() }),
);

/** One of Assay's layouts by name, or a file, relative to the folder that the user stands in. */
export const layoutName = z
  .string()
  .min(1)
  .superRefine((layout, context) => checkLayout(resolve(), layout, context));

const group = z
  .strictObject({
    scenarios: z.array(z.string().min(1)).min(1),
    controllers: z.array(z.enum(diskControllers)).min(1).optional(),
    layouts: z.array(layoutName).min(1).optional(),
    moments: z.array(moment).default([]),
    faults: z.array(faultEntry).default([]),
    plans: z.array(plan).default([]),
  })
  .superRefine(({ moments, faults, plans }, context) => {
    if (faults.length + plans.length === 0)
      context.addIssue({ code: 'custom', message: 'no faults, and no plans' });
    for (const [index, entry] of faults.entries()) {
      if (entry.moments !== undefined || moments.length > 0) continue;
      const message = 'it has no moments, and the group has none';
      context.addIssue({ code: 'custom', message, path: ['faults', index] });
    }
  });

const quarantineEntry = z
  .strictObject({
    /** A pattern of drills' names. */
    drill: z.string().min(1),
    owner: z.string().trim().min(1).optional(),
    reason: z.string().trim().min(1).optional(),
    expires: z.iso.date('a date such as 2026-12-31').optional(),
  })
  .transform(({ drill, owner, reason, expires }, context) => {
    if (owner !== undefined && reason !== undefined && expires !== undefined)
      return { drill, owner, reason, expires };
    const missing = Object.entries({ owner, reason, expires }).flatMap(([key, value]) =>
      value ? [] : [key],
    );
    context.addIssue({
      code: 'custom',
      message: `the quarantine of ${drill} has no ${missing.join(', no ')}`,
    });
    return z.NEVER;
  });

/** A file of drills: faults × moments × scenarios, and what of them is known to fail. */
export const matrixSchema = z.strictObject({
  drills: z.array(group).min(1),
  quarantine: z.array(quarantineEntry).default([]),
});

export type MatrixGroup = z.output<typeof group>;
export type QuarantineEntry = z.output<typeof quarantineEntry>;

/** What reads the text says what is wrong with it; the schema says where. */
function readOr<Value extends PlannedFault | Moment | RightfulEnd>(
  context: z.RefinementCtx,
  read: () => Value,
): Value {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof AssayError)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
    return z.NEVER;
  }
}
