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
  const folder = error.code.split('_', 1)[0]!.toLowerCase();
  return [
    `assay: ${error.message}`,
    `  remedy:   ${error.remedy}`,
    `  code:     ${error.code} (docs/errors/${folder}.md#${error.code.toLowerCase()})`,
  ];
}

function withoutStacks(error: AssayError) {
  const { stack: _, related, ...described } = describeError(error);
  return { ...described, related: related?.map(({ stack: __, ...other }) => other) };
}
