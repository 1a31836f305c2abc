import { z } from 'zod';
import { proofReportSchema } from './proof-report.ts';

/** What `assay validate` says of a disk (spec H5). */
export const verdicts = ['fit', 'fit-with-warnings', 'not-fit', 'inconclusive'] as const;
export type Verdict = (typeof verdicts)[number];

const bytes = z.int().nonnegative();
const range = z.strictObject({ offsetBytes: bytes, lengthBytes: bytes });

const kindSchema = z.strictObject({
  id: z.string(),
  severity: z.enum(['error', 'warning', 'note']),
  title: z.string(),
  reason: z.string(),
  fix: z.string(),
  /** Something could not be looked at because of it. */
  leavesOpen: z.literal(true).optional(),
  source: z.string(),
});

const findingSchema = z.strictObject({
  /** The id of its kind. */
  kind: z.string(),
  where: z.string(),
  range: range.optional(),
  evidence: z.string(),
  /** Why it is no matter on this disk, by the user's own word. */
  accepted: z.string().optional(),
});

const partitionSchema = z.strictObject({
  number: z.int().nonnegative(),
  kind: z.enum(['primary', 'extended', 'logical', 'gpt', 'whole-disk']),
  ...range.shape,
  type: z.string(),
  typeName: z.string().optional(),
  name: z.string().optional(),
  /** What lies in it, where that was recognised. */
  content: z.strictObject({ kind: z.string(), label: z.string().optional(), uuid: z.string().optional() }),
});

/** A validation as it is written to a file, and what every form of the report is made of. Sizes are in bytes. */
export const validationReportSchema = z.strictObject({
  format: z.literal('assay validation 1'),
  assayVersion: z.string(),
  startedAt: z.iso.datetime(),
  durationMs: z.number().nonnegative(),
  /** `static`: the disk was read, and no machine was started with it. `dynamic`: clones were started, too. */
  scope: z.enum(['static', 'dynamic']),
  image: z.strictObject({
    path: z.string(),
    sizeBytes: bytes,
    /** Without its holes. */
    allocatedBytes: bytes,
    /** By algorithm, in hexadecimal digits: `assay-disk-1`, `sha256`. */
    digests: z.record(z.string(), z.string()),
  }),
  disk: z.strictObject({
    table: z.enum(['mbr', 'gpt', 'none']),
    sectorBytes: z.int().positive(),
    /** The signature of an MBR, the GUID of a GPT. */
    id: z.string(),
    partitions: z.array(partitionSchema),
    /** What starts it, in words. */
    bootLoaders: z.array(z.string()),
  }),
  /** Every kind that was looked for. */
  kinds: z.array(kindSchema),
  findings: z.array(findingSchema),
  /** Of scope `dynamic`. */
  proof: proofReportSchema.optional(),
  verdict: z.enum(verdicts),
  /** Why, one sentence each. */
  reasons: z.array(z.string()),
});

export type ValidationReport = z.infer<typeof validationReportSchema>;
export type ReportedKind = ValidationReport['kinds'][number];
export type ReportedFinding = ValidationReport['findings'][number];

/** In capitals, as it stands at the end of every form of the report: `FIT WITH WARNINGS`. */
export function verdictWords(verdict: Verdict): string {
  return verdict.replaceAll('-', ' ').toUpperCase();
}

/** A finding with what its kind says. */
export interface ToldFinding extends ReportedFinding {
  of: ReportedKind;
}

/** The findings with their kinds: errors first, then what leaves something open, warnings, notes; what was accepted last. */
export function toldFindings({ kinds, findings }: ValidationReport): ToldFinding[] {
  const byId = new Map(kinds.map((kind) => [kind.id, kind]));
  const told = findings.map((finding) => ({ ...finding, of: byId.get(finding.kind)! }));
  return told.sort((one, other) => weight(one) - weight(other));
}

function weight({ of, accepted }: ToldFinding): number {
  if (accepted !== undefined) return 4;
  if (of.severity === 'error') return 0;
  if (of.leavesOpen) return 1;
  return of.severity === 'warning' ? 2 : 3;
}
