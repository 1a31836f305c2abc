import type { Options } from 'yargs';
import type { Command } from '../command.ts';

/** What could stand in the place of the word that is being typed. */
export interface Candidate {
  word: string;
  description: string;
}

/** Gives what a positional word could be, by its name in the usage of a command. */
export type NamesOf = (positional: string, given: GivenOptions) => Promise<Candidate[]>;

/** The values of options that stand before the word. */
export type GivenOptions = Readonly<Record<string, readonly string[]>>;

const everywhere: Record<string, Options> = {
  json: { type: 'boolean', describe: 'print JSON, for machines' },
  help: { type: 'boolean', describe: 'show the options, with examples' },
};
const atTheBeginning: Record<string, Options> = {
  help: { type: 'boolean', describe: 'show the commands' },
  version: { type: 'boolean', describe: 'show the version' },
};

/**
 * What a command line could go on with. Nothing means that Assay has no say: a value of the user's own, or a file.
 *
 * @param words What stands after `assay`; the last one, which may be empty, is the one that is being typed.
 */
export async function candidates(
  words: readonly string[],
  commands: readonly Command[],
  namesOf: NamesOf,
): Promise<Candidate[]> {
  const current = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const found = await candidatesAfter(before, current, commands, namesOf);
  return found.filter(({ word }) => word.startsWith(current));
}

async function candidatesAfter(
  before: readonly string[],
  current: string,
  commands: readonly Command[],
  namesOf: NamesOf,
): Promise<Candidate[]> {
  const [first, ...others] = before;
  const command = commands.find((each) => nameOf(each) === first);
  if (command === undefined) {
    // What is no command is an option, or wrong: then only what comes first could be mended.
    if (before.some((word) => !word.startsWith('-'))) return [];
    return current.startsWith('-') ? asOptions(atTheBeginning) : commands.map(asCommand);
  }
  if (command.subcommands !== undefined) {
    return candidatesAfter(others, current, command.subcommands, namesOf);
  }
  const options = { ...command.options, ...everywhere };
  const waiting = optionThatWaits(others.at(-1), options);
  if (waiting !== undefined) return choicesOf(waiting);
  const given = givenOptions(others, options);
  if (current.startsWith('-')) return asOptions(withoutGiven(options, given));
  const isValue = (index: number) => optionThatWaits(others[index - 1], options) !== undefined;
  const positionals = others.filter((word, index) => !word.startsWith('-') && !isValue(index));
  const positional = positionalAt(command, positionals.length);
  return positional === undefined ? [] : namesOf(positional, given);
}

function nameOf({ usage }: Command): string {
  return usage.split(' ')[0]!;
}

function asCommand(command: Command): Candidate {
  return { word: nameOf(command), description: command.summary };
}

function asOptions(options: Record<string, Options>): Candidate[] {
  return Object.entries(options).map(([name, { describe }]) => ({
    word: `--${name}`,
    description: describe || '',
  }));
}

/** The option before the word, when the word is its value. */
function optionThatWaits(
  previous: string | undefined,
  options: Record<string, Options>,
): Options | undefined {
  if (previous?.startsWith('--') !== true) return undefined;
  const option = options[previous.slice(2)];
  return option !== undefined && takesValue(option) ? option : undefined;
}

function takesValue({ type }: Options): boolean {
  return type !== 'boolean';
}

function choicesOf({ choices, describe }: Options): Candidate[] {
  const known = Array.isArray(choices) ? choices : [];
  return known.map((choice) => ({ word: String(choice), description: describe || '' }));
}

function givenOptions(words: readonly string[], options: Record<string, Options>): GivenOptions {
  const given: Record<string, string[]> = {};
  for (const [index, word] of words.entries()) {
    if (!word.startsWith('--')) continue;
    const [name, value] = word.slice(2).split('=', 2) as [string, string?];
    const option = options[name];
    const next = option !== undefined && takesValue(option) ? words[index + 1] : undefined;
    given[name] = [...(given[name] ?? []), ...[value ?? next].filter((each) => each !== undefined)];
  }
  return given;
}

/** An option that makes sense once is not offered again. */
function withoutGiven(options: Record<string, Options>, given: GivenOptions): Record<string, Options> {
  return Object.fromEntries(
    Object.entries(options).filter(([name, { type }]) => type === 'array' || given[name] === undefined),
  );
}

/** The name of the positional word at a place: `names` for every place of `run [names..]`. */
function positionalAt({ usage }: Command, place: number): string | undefined {
  const positionals = usage
    .split(' ')
    .slice(1)
    .map((text) => text.replace(/^[[<]|[\]>]$/g, ''));
  const last = positionals.at(-1);
  const positional = positionals[place] ?? (last?.endsWith('..') ? last : undefined);
  return positional?.replace('..', '');
}
