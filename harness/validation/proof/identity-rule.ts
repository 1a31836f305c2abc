import { z } from 'zod';
import { pathPatternProblem } from '../../inspection/residue/path-pattern.ts';
import { patternProblem } from '../../inspection/residue/pattern-problem.ts';

const text = z.string().trim().min(1).max(500);

const path = z
  .string()
  .max(300)
  .superRefine((given, context) => {
    const problem = given.startsWith('/') ? pathPatternProblem(given) : 'has to begin with /';
    if (problem !== undefined) context.addIssue(problem);
  });

/** A regular expression for one line; its first group, or the whole of it, is the identity. */
const identityPattern = z.string().superRefine((given, context) => {
  const problem = patternProblem(given);
  if (problem !== undefined) context.addIssue(problem);
});

/** A built-in identity, as data: in files, or printed by a command. */
const builtInIdentity = z.strictObject({
  name: text,
  /** As the appliance sees them, with `*` and `**` as in residue rules. */
  files: z.array(path).default([]),
  /** Only where the profile has a console. */
  command: text.optional(),
  pattern: identityPattern.optional(),
  /** `ssh-public-key`: its fingerprint as ssh-keygen -l shows it. */
  reads: z.literal('ssh-public-key').optional(),
  /** Only a fingerprint of it leaves the disk. */
  secret: z.boolean().default(false),
  differs: z.boolean().default(true),
  stays: z.boolean().default(true),
  /** How much it weighs when clones share it. */
  shared: z.enum(['error', 'warning']).default('error'),
  /** The names of the files are made up, too: what all of them hold is one identity. */
  together: z.boolean().default(false),
  source: text,
});

const isSomewhere = ({ files, command }: z.output<typeof builtInIdentity>) =>
  (files.length === 0) === (command !== undefined);

export const identitiesFile = z.strictObject({
  identities: z.array(builtInIdentity.refine(isSomewhere, 'either files or a command')).min(1),
});

/** Something that tells one clone from another, built in or of the profile: from files, or from a command. */
export interface IdentityRule {
  name: string;
  files: readonly string[];
  /** Printed by this command on the console. */
  command?: string;
  /** Only files of the partition with this number. */
  partition?: number;
  pattern?: string;
  reads?: 'ssh-public-key';
  isSecret: boolean;
  differs: boolean;
  stays: boolean;
  shared: 'error' | 'warning';
  isTogether: boolean;
  /** The profile says that it is there: where it is not, something is open. */
  isOwn: boolean;
}
