import { AssayError } from '../../../foundation/index.ts';
import { asEvidence } from '../../inspection/file-systems/printable.ts';

/** An error as evidence: what was expected, and the beginning of what came; the rest is in the run's reports. */
export function inOneLine(error: unknown): string {
  if (!(error instanceof AssayError)) return asEvidence(String(error));
  const { tried, expected, got } = error.facts;
  const parts = [expected === undefined ? tried : `expected ${expected}`, got];
  return asEvidence(`${error.summary}: ${parts.filter((part) => part !== undefined).join('; ')}`);
}
