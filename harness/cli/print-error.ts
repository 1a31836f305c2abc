import { AssayError } from '../../foundation/index.ts';
import { describeError } from '../../reports/index.ts';
import { harnessErrors } from '../errors.ts';
import { exitCodes } from '../exit-code.ts';

/**
 * Says on stderr what went wrong: what, where, expected, got, remedy, code with the page that explains it; as JSON
 * on stdout where that was asked for. The stack only with ASSAY_DEBUG=1.
 *
 * @returns the exit code that belongs to the error.
 */
export function printError(thrown: unknown, options: { json: boolean }): number {
  const error =
    thrown instanceof AssayError
      ? thrown
      : harnessErrors.HARNESS_DEFECT({ tried: 'run the command', got: String(thrown) }, thrown);
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ error: withoutStacks(error) }, undefined, 2)}\n`);
  } else {
    process.stderr.write(`${errorLines(error).join('\n')}\n`);
  }
  if (process.env.ASSAY_DEBUG === '1') console.error(error);
  return exitCodeOfError(error);
}

function exitCodeOfError(error: AssayError): number {
  switch (error.blame) {
    case 'product':
      return exitCodes.productFailure;
    case 'usage':
      return exitCodes.usage;
    default:
      return exitCodes.harnessOrHost;
  }
}

function errorLines(error: AssayError): string[] {
  return [
    `assay: ${error.message}`,
    `  remedy:   ${error.remedy}`,
    `  code:     ${error.code} (docs/errors/${pageOf(error.code)}.md#${error.code.toLowerCase()})`,
  ];
}

/** Pages are named as the folders of the tables: by the first word of their codes, as long as there are no two. */
function pageOf(code: string): string {
  return code.startsWith('KNOWN_STATE_') ? 'known-state' : code.split('_', 1)[0]!.toLowerCase();
}

function withoutStacks(error: AssayError) {
  const { stack: _, related, ...described } = describeError(error);
  return { ...described, related: related?.map(({ stack: __, ...other }) => other) };
}
