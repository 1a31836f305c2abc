import { AssayError } from '../../foundation/index.ts';

/**
 * What ended the machine ends every wait on it, and was made where no scenario is to be seen: each wait throws it
 * anew, so that the stack leads to the line that waited.
 */
export function againHere(error: unknown): unknown {
  return error instanceof AssayError ? error.again() : error;
}
