import { z } from 'zod';
import { pathPatternProblem } from './path-pattern.ts';
import { patternProblem } from './pattern-problem.ts';
import { largestReadBytes } from './residue-limits.ts';

/** A rule: what is left over where, why that matters, and what to do. */
export type ResidueRule = z.output<typeof residueRuleSchema>;

/** How a rule looks at what it finds at its paths. */
export type ResidueTest = ResidueRule['test'];

const text = z.string().trim().min(1).max(2_000);

const path = z
  .string()
  .max(300)
  .superRefine((given, context) => refuse(context, pathPatternProblem(given)));

const pattern = z.string().superRefine((given, context) => refuse(context, patternProblem(given)));

export const residueTestKinds = [
  // A file that is not empty.
  'exists',
  // A folder with at least one file in it or below it.
  'not-empty-folder',
  // A line of the file matches, or none does.
  'content',
  // The value of a key: key=value, key: value, key value.
  'setting',
  // What /etc/machine-id holds (machine-id(5)).
  'machine-id',
  // PEM, OpenSSH, OpenPGP and PuTTY private keys, encrypted or not.
  'private-key',
  // Accounts of /etc/shadow or /etc/passwd that somebody can log in to.
  'shadow',
] as const;

/** What can be asked of `machine-id`, and of `shadow`. */
const stateNames = {
  'machine-id': ['left-over', 'empty', 'uninitialized', 'invalid'],
  shadow: ['password', 'empty-password'],
} as const;

const states = [...stateNames['machine-id'], ...stateNames.shadow] as const;

const testSchema = z
  .strictObject({
    kind: z.enum(residueTestKinds),
    /** Of `machine-id` and `shadow`: what counts. */
    is: z.array(z.enum(states)).min(1).optional(),
    /** Of `setting`: names of keys, large and small letters alike. */
    keys: z.array(z.string().min(1).max(100)).min(1).optional(),
    /** Of `content`, a line; of `setting`, the value. */
    matches: pattern.optional(),
    /** The file, or the value, counts only when this matches nowhere. */
    without: pattern.optional(),
    /** The evidence says the line or the value: only where it can be no secret. */
    shows: z.boolean().optional(),
    /** Of `exists`: an empty file counts too. */
    countsEmpty: z.boolean().optional(),
    /** From the beginning of the file; 64 KiB when it is not said. */
    readBytes: z.int().positive().max(largestReadBytes).optional(),
  })
  .superRefine((test, context) => {
    const { kind, is = [], ...options } = test;
    const allowed: readonly string[] = optionsOf[kind];
    for (const [name, value] of Object.entries(options)) {
      if (value !== undefined && !allowed.includes(name))
        refuse(context, `means nothing to the test ${kind}`, [name]);
    }
    const known: readonly string[] = kind === 'machine-id' || kind === 'shadow' ? stateNames[kind] : [];
    const wrong = is.find((state) => !known.includes(state));
    if (wrong !== undefined) refuse(context, `${wrong} means nothing to the test ${kind}`, ['is']);
    if (known.length > 0 && is.length === 0)
      refuse(context, `needed: one or more of ${known.join(', ')}`, ['is']);
    if (kind === 'setting' && options.keys === undefined) refuse(context, 'needed', ['keys']);
    if (kind === 'content' && options.matches === undefined && options.without === undefined)
      refuse(context, 'needed, or without', ['matches']);
  });

const optionsOf = {
  exists: ['countsEmpty'],
  'not-empty-folder': [],
  content: ['matches', 'without', 'shows', 'readBytes'],
  setting: ['keys', 'matches', 'without', 'shows', 'readBytes'],
  'machine-id': [],
  'private-key': ['readBytes'],
  shadow: [],
} as const satisfies Record<(typeof residueTestKinds)[number], readonly string[]>;

/** The schema of one rule; a file has a list of them under `rules`. */
export const residueRuleSchema = z.strictObject({
  id: z
    .string()
    .max(60)
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'small letters and digits with hyphens between them')
    .refine((id) => id !== 'residue-not-all-read', 'is what Assay says of itself'),
  severity: z.enum(['error', 'warning', 'note']),
  title: text,
  reason: text,
  fix: text,
  source: text,
  /** As the running system sees them; `*`, `?` and `**` as in a shell, `~/` for every home. */
  look: z.array(path).min(1).max(200),
  /** Paths that `look` matches and that do not count. */
  except: z.array(path).max(200).default([]),
  /** When one of these exists, the rule says nothing: what takes care of it at first boot. */
  unless: z.array(path).max(200).default([]),
  /** `system`: only where /etc is; `efi-system`: only on an EFI system partition, from its root. */
  where: z.enum(['any', 'system', 'efi-system']).default('any'),
  test: testSchema,
});

/** What switches a rule off. */
export const switchedOffSchema = z.strictObject({ id: z.string().min(1), off: z.literal(true) });

function refuse(context: z.core.$RefinementCtx, message: string | undefined, path: string[] = []): void {
  if (message !== undefined) context.addIssue({ code: 'custom', message, path });
}
