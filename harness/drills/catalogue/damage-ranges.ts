import { type ByteRange, type DamageOptions, type Injection, overwriteRanges } from '../../faults/index.ts';
import type { FaultTargetDisk, InjectedFault } from '../fault-declaration.ts';

/** Damages ranges of a disk at rest. @throws FAULTS_TARGET_INVALID, FAULTS_NOT_WRITTEN, FAULTS_NO_EFFECT */
export async function damageRanges(
  { path }: FaultTargetDisk,
  ranges: readonly ByteRange[],
  target: string,
  options: DamageOptions,
): Promise<InjectedFault> {
  return injectedDamage(await overwriteRanges(path, ranges, target, options));
}

/** Damage that has been proved by reading it again, as a fault of a drill. */
export function injectedDamage({ sentence, beforeSha256, afterSha256 }: Injection): InjectedFault {
  const proof = `sha256 of the damaged bytes ${beforeSha256} before, ${afterSha256} after`;
  return { what: sentence, proof: () => proof };
}
