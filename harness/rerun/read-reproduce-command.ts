import { parseArgs } from 'node:util';
import { errorMessage } from '../../foundation/index.ts';
import { harnessErrors } from '../errors.ts';

/** What the command says that runs an attempt again; see `reproduceCommand`. */
export interface ReproduceWords {
  command: 'run' | 'drill';
  /** The scenario as its file declares it. */
  name: string;
  /** Of a drill: the text of each planned fault. */
  faults: string[];
  /** Of a drill, where it is not the default: `90s`. */
  wellWithin?: string;
  seed: string;
  timeoutScale: number;
  scenarioPaths: string[];
}

const options = {
  seed: { type: 'string' },
  'timeout-scale': { type: 'string' },
  scenarios: { type: 'string', multiple: true },
  fault: { type: 'string', multiple: true },
  'well-within': { type: 'string' },
} as const;

/**
 * Takes apart the command that a report prints for running an attempt again.
 *
 * @throws HARNESS_NOT_RERUNNABLE where it is another command, or the event log holds only a part of it.
 */
export function readReproduceCommand(text: string): ReproduceWords {
  const [program, command, ...words] = shellWords(text);
  try {
    const { values, positionals } = parseArgs({ args: words, options, allowPositionals: true });
    const [name, ...others] = positionals;
    const isKnown = program === 'assay' && (command === 'run' || command === 'drill');
    if (!isKnown || name === undefined || others.length > 0) throw notRerunnable(text);
    const wellWithin = values['well-within'];
    return {
      ...{ command, name, faults: values.fault ?? [] },
      ...(wellWithin === undefined ? {} : { wellWithin }),
      seed: required(values.seed, text),
      timeoutScale: Number(values['timeout-scale'] ?? 1),
      scenarioPaths: values.scenarios ?? [],
    };
  } catch (error) {
    throw (error as { code?: string }).code === 'HARNESS_NOT_RERUNNABLE'
      ? error
      : notRerunnable(text, errorMessage(error));
  }
}

/** The words of a line as `reproduceCommand` quotes them: single quotes, and a quoted quote between two such parts. */
function shellWords(text: string): string[] {
  const quoted = text.match(/(?:[^\s'\\]|\\.|'[^']*')+/g) ?? [];
  return quoted.map((word) =>
    word.replaceAll(/'([^']*)'|\\(.)/g, (_, inside = '', escaped = '') => inside + escaped),
  );
}

function required(value: string | undefined, text: string): string {
  if (value === undefined) throw notRerunnable(text, 'no seed in it');
  return value;
}

function notRerunnable(command: string, why?: string): Error {
  return harnessErrors.HARNESS_NOT_RERUNNABLE({
    tried: 'read the command that runs it again',
    expected: '`assay run` or `assay drill`, one scenario, and the seed',
    got: why === undefined ? command : `${command} (${why})`,
    // Of other commands of Assay, `explore` for one, the line is whole and does the same.
    ...(command.startsWith('assay ') ? { remedy: `run it as the report prints it: ${command}` } : {}),
  });
}
