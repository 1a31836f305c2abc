import { AssayError } from '../../../foundation/index.ts';

const overCodes = ['VM_CONSOLE_TIMEOUT', 'VM_CONSOLE_SILENT', 'VM_CONSOLE_FLOODED', 'VM_MACHINE_STALLED'];

/**
 * Whether a wait on a console has only come to the end of its time, and another one may do better. When none is left, `console.diagnose` says
 * whether the host is to blame.
 */
export function isOver(error: unknown): error is AssayError {
  return error instanceof AssayError && overCodes.includes(error.code);
}
