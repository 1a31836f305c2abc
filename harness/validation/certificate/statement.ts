import { z } from 'zod';
import { outcomes } from '../../../reports/index.ts';
import { verdicts } from '../../../reports/validation/index.ts';
import { diskDigestFormat } from '../../inspection/one-pass/disk-digest-format.ts';

/** The type of every in-toto statement of version 1 (in-toto attestation framework, spec/v1/statement.md). */
export const statementType = 'https://in-toto.io/Statement/v1';

/** The media type of an in-toto statement in an envelope (spec/v1/envelope.md). */
export const statementPayloadType = 'application/vnd.in-toto+json';

/**
 * What says that a statement is a validation by Assay. It is a name, and leads nowhere: `.example` belongs to nobody
 * (RFC 2606). Its meaning is in docs/certificate.md; where that changes so that readers must change, so does its end.
 */
export const validationPredicateType = 'https://assay.example/validation/v1';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'no SHA-256 in 64 small hexadecimal digits');
const count = z.int().nonnegative();

const subjectSchema = z.object({
  /** The file's name, without its folder. It identifies nothing: digest and size do. */
  name: z.string(),
  digest: z.object({ [diskDigestFormat]: sha256, sha256: sha256.optional() }),
  annotations: z.object({ sizeBytes: count }),
});

const evidenceSchema = z.object({ name: z.string(), digest: z.object({ sha256 }) });

const runSchema = z.object({
  id: z.string(),
  /** The source of everything random in all its scenarios. */
  seed: z.string(),
  timeoutScale: z.number().positive(),
  scenarios: z.array(z.object({ name: z.string(), outcome: z.enum([...outcomes, 'flaky']) })),
});

const predicateSchema = z.object({
  verdict: z.enum(verdicts),
  reasons: z.array(z.string()),
  /** When the validation began. */
  validatedAt: z.iso.datetime(),
  /** `static`: the disk was read. `dynamic`: clones of it were started, too. */
  scope: z.enum(['static', 'dynamic']),
  assay: z.object({ version: z.string() }),
  qemu: z.object({ version: z.string(), accelerator: z.string() }).optional(),
  /** What was known of the disk. */
  profile: evidenceSchema.optional(),
  /** How many clones became ready, and how many times together. */
  clones: z.object({ started: count, boots: count }).optional(),
  run: runSchema.optional(),
  findings: z.object({
    errors: count,
    leftOpen: count,
    warnings: count,
    notes: count,
    /** Those that weigh nothing, by the user's own word; they are in none of the counts. */
    accepted: z.array(z.object({ kind: z.string(), where: z.string(), reason: z.string() })),
  }),
  /** Files that say more, by their content. */
  evidence: z.array(evidenceSchema),
});

/**
 * What a certificate says (docs/certificate.md). Fields that are not known are no matter: a later Assay may add some
 * (spec/v1/README.md of in-toto, parsing rules).
 */
export const validationStatementSchema = z.object({
  _type: z.literal(statementType),
  subject: z.array(subjectSchema).min(1),
  predicateType: z.literal(validationPredicateType),
  predicate: predicateSchema,
});

export type ValidationStatement = z.infer<typeof validationStatementSchema>;
export type ValidationPredicate = ValidationStatement['predicate'];
export type CertifiedDisk = ValidationStatement['subject'][number];
export type CertifiedRun = z.infer<typeof runSchema>;
export type CertifiedFile = z.infer<typeof evidenceSchema>;
