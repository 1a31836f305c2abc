import { validationErrors } from '../errors.ts';
import type { DiskProfile } from '../profile/disk-profile.ts';
import type { ProofProfile } from './clone-hardware.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Says whether clones can be started by a profile, before anything is started.
 *
 * @returns false when it says nothing of what `ready` is.
 * @throws VALIDATION_PASSWORD_MISSING
 */
export function isStartable(profile: DiskProfile, env: Environment = process.env): profile is ProofProfile {
  if (profile.ready === undefined) return false;
  assertPasswords(profile, env);
  return true;
}

/** @throws VALIDATION_PASSWORD_MISSING when the variable that `passwordFrom` names holds nothing that can be typed. */
export function assertPasswords(profile: DiskProfile, env: Environment = process.env): void {
  const name = profile.console?.login?.passwordFrom;
  if (name === undefined) return;
  const password = env[name] ?? '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
  const isTypable = !/[\x00-\x1f\x7f]/.test(password);
  if (password !== '' && isTypable) return;
  throw validationErrors.VALIDATION_PASSWORD_MISSING({
    tried: `read the environment variable ${name} for the login on the console`,
    got: password === '' ? 'it is not set, or empty' : 'it holds a control character',
  });
}
