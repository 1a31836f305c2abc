import { AssayError, errorMessage } from '../../foundation/index.ts';

/** One line for people and for the boot states, of whatever was thrown. */
export function reasonOf(error: unknown): string {
  const words =
    error instanceof AssayError
      ? error.facts.got
        ? `${error.summary}: ${error.facts.got}`
        : error.summary
      : errorMessage(error);
  return words.trim().replace(/\s+/g, ' ');
}
