import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { closest } from 'fastest-levenshtein';
import { foundationErrors } from '../../../foundation/index.ts';
import { parseYamlText } from '../../../images/index.ts';
import { pathPatternProblem } from '../../inspection/residue/path-pattern.ts';
import { patternProblem } from '../../inspection/residue/pattern-problem.ts';
import type { DiskProfile } from '../profile/disk-profile.ts';
import type { IdentityProfile } from '../profile/machine-profile.ts';
import { type IdentityRule, identitiesFile } from './identity-rule.ts';

/** The profile does not say what is a secret: of what sounds like one only a fingerprint is shown. */
const soundsSecret = /secret|password|private|token|\bkey\b/i;

const builtInPath = join(import.meta.dirname, 'identities.yaml');

/**
 * The identities that come with Assay, without those that the profile ignores, and the profile's own.
 *
 * @throws FOUNDATION_CONFIG_INVALID when it ignores what there is not (with the nearest name), gives a name twice, or has
 * a path or pattern that cannot be used.
 */
export async function loadIdentities(
  profile: Pick<DiskProfile, 'identities' | 'partitions' | 'console'>,
): Promise<IdentityRule[]> {
  const text = await readFile(builtInPath, 'utf8');
  const { identities } = parseYamlText(text, builtInPath, identitiesFile, 'identities');
  const builtIn = identities.map(
    ({ secret, together, reads, pattern, command, source: _, ...rest }): IdentityRule => ({
      ...rest,
      ...{ isSecret: secret, isTogether: together, isOwn: false },
      ...(reads === undefined ? {} : { reads }),
      ...(pattern === undefined ? {} : { pattern }),
      ...(command === undefined ? {} : { command }),
    }),
  );
  const { ignore, add } = profile.identities;
  const names = builtIn.map(({ name }) => name);
  for (const { identity } of ignore) {
    if (names.includes(identity)) continue;
    refuse('identities.ignore', `there is no ${identity}, did you mean "${closest(identity, names)}"?`);
  }
  const ignored = ignore.map(({ identity }) => identity);
  const own = add.map((identity) => ownRule(identity, profile));
  const isAsked = ({ name, command }: IdentityRule) =>
    !ignored.includes(name) && (command === undefined || profile.console !== undefined);
  const all = [...builtIn.filter(isAsked), ...own];
  const twice = own.find(({ name }) => all.filter((rule) => rule.name === name).length > 1);
  if (twice !== undefined) refuse('identities.add', `${twice.name} is there twice; ignore the built-in one`);
  return all;
}

function ownRule(identity: IdentityProfile, { partitions }: Pick<DiskProfile, 'partitions'>): IdentityRule {
  const { name, file, command, pattern, partition: role, differs, stays } = identity;
  const where = `identities.add, ${name}`;
  const problem =
    (file === undefined ? undefined : pathPatternProblem(file)) ??
    (pattern === undefined ? undefined : patternProblem(pattern));
  if (problem !== undefined) refuse(where, problem);
  // That there is one, the profile has been asked already.
  const partition = role === undefined ? undefined : partitions.find((one) => one.role === role)?.number;
  return {
    ...{ name, differs, stays, files: file === undefined ? [] : [file] },
    ...{ isSecret: soundsSecret.test(name), isTogether: false, isOwn: true, shared: 'error' },
    ...(command === undefined ? {} : { command }),
    ...(partition === undefined ? {} : { partition }),
    ...(pattern === undefined ? {} : { pattern }),
  };
}

function refuse(key: string, got: string): never {
  throw foundationErrors.FOUNDATION_CONFIG_INVALID({ tried: `read \`${key}\` of the profile`, got });
}
