import { z } from 'zod';
import { parseSize } from '../../foundation/index.ts';
import type { LayoutRecordKind } from '../records/record-format.ts';

/** Partitions of the appliance, by role (spec M1; the words are explained in spec "Words"). */
export const partitionRoles = [
  'primary-system',
  'emergency-system',
  'primary-root',
  'emergency-root',
  'data',
  'data2',
  'setup',
  'backup',
  'settings',
] as const;

export type PartitionRole = (typeof partitionRoles)[number];

export const diskRoles = ['system', 'data'] as const;

export type DiskRole = (typeof diskRoles)[number];

/** A size as text, in bytes after parsing. */
const sizeBytes = z.string().transform((text, context) => readSize(text, context));

/** A size, or `rest` for what the other partitions leave. */
const sizeBytesOrRest = z
  .string()
  .transform((text, context) => (text === 'rest' ? ('rest' as const) : readSize(text, context)));

const partitionSchema = z
  .strictObject({
    role: z.enum(partitionRoles),
    kind: z.enum(['primary', 'logical']),
    size: sizeBytesOrRest,
    fileSystem: z.enum(['fat', 'ext4']),
    label: z.string(),
  })
  .superRefine(({ fileSystem, label }, context) => {
    const limit = fileSystem === 'fat' ? /^[A-Z0-9_]{1,11}$/ : /^[\w.-]{1,16}$/;
    if (limit.test(label)) return;
    const message =
      fileSystem === 'fat'
        ? 'a FAT label has 1 to 11 capitals, digits or _'
        : 'an ext4 label has 1 to 16 letters, digits, . _ or -';
    context.addIssue({ code: 'custom', path: ['label'], message });
  });

const recordSchema = z.strictObject({
  firstSector: z.int().min(0),
  copies: z.int().min(2).max(4),
});

/** One key per kind, written out so that a misspelt one is told the nearest. */
const recordsSchema = z.strictObject({
  'boot-control': recordSchema.optional(),
  signature: recordSchema.optional(),
  licence: recordSchema.optional(),
  manufacturing: recordSchema.optional(),
} satisfies Record<LayoutRecordKind, unknown>);

const diskSchema = z.strictObject({
  role: z.enum(diskRoles),
  size: sizeBytes,
  ports: z
    .array(z.string().min(3))
    .min(1)
    .refine((ports) => ports.every((port) => /^[^\s,]+$/.test(port)), 'a port has no spaces and no commas'),
  /** Sectors from the start of the disk that the boot loader's code takes; GRUB takes 63, Assay's own one. */
  bootLoaderSectors: z.int().min(1).max(2047).default(1),
  records: recordsSchema.default({}),
  partitions: z.array(partitionSchema).min(1),
});

const licenceLevelSchema = z.strictObject({
  level: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'a level is a lower-case word of at most 32 characters'),
  minimumCapacity: sizeBytes,
});

const displaySchema = z.strictObject({
  port: z.string().regex(/^ttyS\d$/, 'the display hangs on a serial port, ttyS0 to ttyS9'),
  columns: z.int().min(8).max(80),
  rows: z.int().min(1).max(24),
});

/** The timer that restarts a machine which hangs, from the master boot record on; an IB700 counts at most 30 s. */
const watchdogSchema = z.strictObject({
  kind: z.literal('ib700'),
  /** From the last feeding to the restart. */
  seconds: z.int().min(2).max(30).multipleOf(2),
});

/** The text format of a layout (spec M1, R7); strict, so that an unknown key is an error. */
export const layoutSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/, 'a name is a lower-case word with hyphens'),
  attemptLimit: z.int().min(1).max(255),
  lcd: displaySchema,
  watchdog: watchdogSchema.optional(),
  licences: z.array(licenceLevelSchema).min(1),
  disks: z.array(diskSchema).min(1).max(2),
});

export type Layout = z.output<typeof layoutSchema>;
export type DiskLayout = Layout['disks'][number];
export type PartitionLayout = DiskLayout['partitions'][number];
export type LicenceLevel = Layout['licences'][number];

function readSize(text: string, context: z.RefinementCtx<string>): number {
  try {
    return parseSize(text);
  } catch {
    const message = `"${text}" is no size: write a whole number with B, KiB, MiB or GiB`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  }
}
