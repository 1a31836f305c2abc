import { errorMessage } from '../../../foundation/index.ts';

/** What went wrong in few words, for an error that names several failures: what a program said, without how it was run. */
export function failureWords(error: unknown): string {
  const { facts, code } = error as { facts?: { got?: string }; code?: string };
  // A refused connection to a name with several addresses has a code, and no message.
  return facts?.got ?? (errorMessage(error) || (code ?? 'no reason given'));
}
