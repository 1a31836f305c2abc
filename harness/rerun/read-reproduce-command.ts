import { parseArgs } from 'node:util';
import { errorMessage } from '../../foundation/index.ts';
import { type DiskController, diskControllers } from '../../vm/index.ts';
import type { DrillAxes } from '../drills/machine-variation.ts';
import { harnessErrors } from '../errors.ts';
import { type ExploreWords, readExploreWords } from './read-explore-words.ts';

/** What the command says that runs an attempt again; see `reproduceCommand`. */
export interface ReproduceWords {
  command: 'run' | 'drill' | 'explore';
  /** The scenario as its file declares it. */
  name: string;
  /** Of a drill: the text of each planned fault. */
  faults: string[];
  /** Of a drill, where it is not the default: `90s`. */
  wellWithin?: string;
  /** Of a drill that rightly ends otherwise than well: `refused:/licence/`. */
  ends?: string;
  /** Of an exploration: its options, by their names on the command line. */
  explore?: ExploreWords;
  /** Of a drill that names them. */
  axes: DrillAxes;
  seed: string;
  timeoutScale: number;
  /** All machines ran in virtual time. */
  virtualTime?: true;
  scenarioPaths: string[];
}

const options = {
  seed: { type: 'string' },
  'timeout-scale': { type: 'string' },
  scenarios: { type: 'string', multiple: true },
  fault: { type: 'string', multiple: true },
  'well-within': { type: 'string' },
  controller: { type: 'string' },
  layout: { type: 'string' },
  ends: { type: 'string' },
  'virtual-time': { type: 'boolean' },
} as const;

/**
 * Takes apart the command that a report prints for running an attempt again.
 *
 * @throws HARNESS_NOT_RERUNNABLE where it is another command, or the event log holds only a part of it.
 */
export function readReproduceCommand(text: string): ReproduceWords {
  const [program, command, ...words] = shellWords(text);
  if (program === 'assay' && command === 'explore') return readExploreCommand(text, words);
  // Its scenarios are made of a disk and a profile, and say something together only.
  if (program === 'assay' && command === 'validate') throw notRerunnable(text);
  try {
    const { values, positionals } = parseArgs({ args: words, options, allowPositionals: true });
    const [name, ...others] = positionals;
    const isKnown = program === 'assay' && (command === 'run' || command === 'drill');
    if (!isKnown || name === undefined || others.length > 0) throw notRerunnable(text);
    const { 'well-within': wellWithin, layout } = values;
    const controller = controllerNamed(values.controller, text);
    return {
      ...{ command, name, faults: values.fault ?? [] },
      ...(wellWithin === undefined ? {} : { wellWithin }),
      ...(values.ends === undefined ? {} : { ends: values.ends }),
      ...(values['virtual-time'] === true ? { virtualTime: true } : {}),
      axes: {
        ...(controller === undefined ? {} : { controller }),
        ...(layout === undefined ? {} : { layout }),
      },
      seed: required(values.seed, text),
      timeoutScale: Number(values['timeout-scale'] ?? 1),
      scenarioPaths: values.scenarios ?? [],
    };
  } catch (error) {
    throw asNotRerunnable(error, text);
  }
}

function readExploreCommand(text: string, words: string[]): ReproduceWords {
  try {
    const { names, seed, circumstances, explore } = readExploreWords(words);
    const [name, ...others] = names;
    if (name === undefined || others.length > 0) throw notRerunnable(text);
    const drill = { faults: [], axes: {} };
    return { command: 'explore', name, ...drill, explore, seed: required(seed, text), ...circumstances };
  } catch (error) {
    throw asNotRerunnable(error, text);
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

function controllerNamed(name: string | undefined, text: string): DiskController | undefined {
  const found = diskControllers.find((controller) => controller === name);
  if (found === undefined && name !== undefined) throw notRerunnable(text, `no controller is ${name}`);
  return found;
}

function asNotRerunnable(error: unknown, text: string): unknown {
  const isOne = (error as { code?: string }).code === 'HARNESS_NOT_RERUNNABLE';
  return isOne ? error : notRerunnable(text, errorMessage(error));
}

function notRerunnable(command: string, why?: string): Error {
  return harnessErrors.HARNESS_NOT_RERUNNABLE({
    tried: 'read the command that runs it again',
    expected: '`assay run`, `drill` or `explore`, one scenario, and the seed',
    got: why === undefined ? command : `${command} (${why})`,
    // Of other commands of Assay the line is whole and does the same.
    ...(command.startsWith('assay ') ? { remedy: `run it as the report prints it: ${command}` } : {}),
  });
}
