import { z } from 'zod';

const milliseconds = z.number().nonnegative();
const count = z.int().nonnegative();

/** What tells the machine of one clone from the others'. */
const hardwareSchema = z.strictObject({
  /** Left out for a machine without a network chip. */
  mac: z.string().optional(),
  smbiosUuid: z.string(),
  smbiosSerial: z.string(),
  diskSerial: z.string(),
});

const bootSchema = z.strictObject({
  /** From 1. */
  number: z.int().positive(),
  /** From power-on to ready; left out when it was not ready in time. */
  readyMs: milliseconds.optional(),
  /** From being told to the machine being off. */
  shutDownMs: milliseconds.optional(),
  /** Why it was not ready, or not off, in one line. */
  failure: z.string().optional(),
});

const cloneSchema = z.strictObject({
  /** `clone-1`. */
  name: z.string(),
  hardware: hardwareSchema,
  boots: z.array(bootSchema),
});

const identitySchema = z.strictObject({
  name: z.string(),
  /** The file or the command. */
  from: z.string(),
  /** What is expected: two clones must not have the same; it is the same after a restart. */
  differs: z.boolean(),
  stays: z.boolean(),
  /** Never a secret itself: of private keys and of long values their SHA-256, first 16 digits. Null: there was none. */
  values: z.array(
    z.strictObject({ clone: z.string(), boot: z.int().positive(), value: z.string().nullable() }),
  ),
  /** `shared` by clones; `changed` by a restart; `missing` on some clones. */
  result: z.enum(['as-expected', 'shared', 'changed', 'shared-and-changed', 'missing', 'not-read']),
});

const fileSchema = z.strictObject({
  /** `partition 2, /etc/machine-id`. */
  where: z.string(),
  how: z.enum(['made', 'changed', 'removed']),
  /** Names of clones. */
  on: z.array(z.string()),
  /** All clones have changed it, to the same. */
  isSameOnAll: z.boolean(),
  sizeBytes: count,
  /** Bits a byte, of its beginning; left out where it is too short to say. */
  entropyBits: z.number().nonnegative().optional(),
});

const divergenceSchema = z.strictObject({
  blockBytes: z.int().positive(),
  clones: z.array(z.strictObject({ name: z.string(), changedBlocks: count })),
  /** Changed on all clones, with the same content on all: made from something that they share. */
  sameOnAllBlocks: count,
  /** By partition, and outside of all. */
  places: z.array(z.strictObject({ where: z.string(), changedBlocks: count, sameOnAllBlocks: count })),
  /** Changed files, sorted by path; at most so many as a limit says. */
  files: z.array(fileSchema),
  /** Beyond the limit. */
  furtherFiles: count,
});

const togetherSchema = z.strictObject({
  /** In the order in which the firmware tries them: `['original', 'clone']`. */
  order: z.array(z.string()),
  readyMs: milliseconds.optional(),
  failure: z.string().optional(),
  /** On which of the disks blocks were changed, and how many. */
  written: z.array(z.strictObject({ disk: z.string(), changedBlocks: count })),
});

const drillSchema = z.strictObject({
  /** The scenario's name in the run. */
  name: z.string(),
  /** The faults in words. */
  damage: z.array(z.string()),
  outcome: z.enum(['passed', 'failed', 'errored', 'not-run']),
  /** From the end of the last fault to ready again. */
  recoveryMs: milliseconds.optional(),
  /** In one line. */
  failure: z.string().optional(),
});

/** What was seen when clones of the disk were started (spec H5). Times are in milliseconds. */
export const proofReportSchema = z.strictObject({
  /** The run folder, where consoles, recordings and the event log are. */
  runFolder: z.string(),
  runId: z.string(),
  seed: z.string(),
  timeoutScale: z.number().positive(),
  qemuVersion: z.string(),
  accelerator: z.string(),
  clones: z.array(cloneSchema),
  identities: z.array(identitySchema),
  /** Left out where there are no two clones to be compared. */
  divergence: divergenceSchema.optional(),
  /** Original and clone in one machine, in both orders. */
  together: z.array(togetherSchema),
  drills: z.array(drillSchema),
});

export type ProofReport = z.infer<typeof proofReportSchema>;
/** One clone, on a machine of its own. */
export type ClonedMachine = z.infer<typeof cloneSchema>;
export type CloneBoot = z.infer<typeof bootSchema>;
/** What tells one clone from another, on all clones and after each boot. */
export type ComparedIdentity = z.infer<typeof identitySchema>;
/** What clones have changed since they were the master. Counts are of blocks of `blockBytes`. */
export type Divergence = z.infer<typeof divergenceSchema>;
export type DivergedFile = z.infer<typeof fileSchema>;
export type AttachedTogether = z.infer<typeof togetherSchema>;
/** A claim of recovery, tried. */
export type ProofDrill = z.infer<typeof drillSchema>;
