import { z } from 'zod';

const sectors = z
  .strictObject({ first: z.int().nonnegative(), count: z.int().min(1) })
  .optional()
  .describe(
    'sectors of 512 bytes; a request that touches one of them is affected, and without any every request is',
  );
const times = z.int().min(1).optional().describe('after so many affected requests it is over by itself');
const seed = z.string().min(1);
/** Discards and zeroes are writes. */
const of = z.enum(['read', 'write', 'flush']);

/** What can be wrong with a disk in motion. */
export const diskFaultSchema = z.discriminatedUnion('kind', [
  /** Refused; of a write nothing is made. Without `times` it is permanent. */
  z
    .strictObject({
      kind: z.literal('error'),
      of,
      sectors,
      errno: z.enum(['EIO', 'ENOSPC']).default('EIO'),
      times,
    })
    .refine((fault) => fault.of !== 'flush' || fault.sectors === undefined, {
      path: ['sectors'],
      message: 'a flush has no sectors',
    }),
  /** Answered with noise that follows from the seed, in the sectors that are named; what is on the disk stays as it is. */
  z.strictObject({ kind: z.literal('corrupt-reads'), sectors, seed, times }),
  /** Acknowledged and never made: the old bytes are read afterwards. */
  z.strictObject({ kind: z.literal('drop-writes'), sectors, times }),
  /** Acknowledged, and made so many sectors further on (before, when negative); beyond the end the disk begins again. */
  z.strictObject({
    kind: z.literal('misdirect-writes'),
    sectors,
    bySectors: z.int().refine((by) => by !== 0, 'not 0: that would be the right place'),
    times,
  }),
  /** Reads and writes together get no more than this; every request takes longer by the delay. */
  z
    .strictObject({
      kind: z.literal('slow'),
      bytesPerSecond: z.int().min(1).optional(),
      delayMs: z.number().min(0).optional(),
    })
    .refine(({ bytesPerSecond, delayMs }) => bytesPerSecond !== undefined || delayMs !== undefined, {
      message: 'bytesPerSecond or delayMs',
    }),
  /** Held until the fault is stopped, or nobody waits any more. */
  z.strictObject({ kind: z.literal('hang'), of: of.optional(), sectors }),
  /** Every request is refused with EIO. */
  z.strictObject({ kind: z.literal('gone') }),
]);

/** A fault as it is declared. */
export type DiskFault = z.input<typeof diskFaultSchema>;
export type ResolvedDiskFault = z.output<typeof diskFaultSchema>;
