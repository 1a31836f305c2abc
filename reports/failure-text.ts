import type { EventError } from './events.ts';
import { printableCommand, printableLine, printableText } from './printable-text.ts';
import type { ScenarioRun } from './run-model.ts';
import { brokenStepPath } from './scenario-label.ts';
import type { Colors } from './terminal-colors.ts';

const labelWidth = 14;
const stackLines = 8;

const blames = {
  product: 'product: what is tested did something wrong',
  usage: 'usage: Assay or the scenario API was used wrongly',
  harness: 'harness: Assay itself; says nothing about the product',
  host: 'host: this machine; says nothing about the product',
};

export interface FailureTextOptions {
  colors: Colors;
  /** How many of the last console lines of each machine are shown. */
  consoleLines: number;
}

/**
 * All that a person needs of a scenario that failed or errored: what broke, whose it is, expected and got, the last
 * console lines, where the evidence lies, and the command that reproduces it. Lines without their line feeds.
 */
export function failureText(scenario: ScenarioRun, options: FailureTextOptions): string[] {
  const { colors } = options;
  const step = brokenStepPath(scenario.steps).join(' > ');
  const reproduce = scenario.reproduce === undefined ? '' : printableCommand(scenario.reproduce);
  return [
    ...field('step', step, colors),
    ...(scenario.error === undefined
      ? field('what', scenario.reason ?? 'no error was recorded', colors)
      : errorText(scenario.error, colors)),
    ...scenario.faults.flatMap(({ what, proof }) =>
      field('fault', `${what}: ${proof ?? 'NOT PROVED'}`, colors),
    ),
    ...failedChecks(scenario, colors),
    ...machineTroubles(scenario, colors),
    ...consoleText(scenario, options),
    ...scenario.evidence.flatMap(({ what, path }) =>
      field('evidence', `${printableCommand(path)} (${what})`, colors),
    ),
    ...field('run again', reproduce, colors),
  ];
}

/** The lines of an error alone, with what caused it and what came after it. */
export function errorText(error: EventError, colors: Colors): string[] {
  return [
    ...field('what', `${error.code}: ${error.message}`, colors),
    ...sourceText(error, colors),
    ...field('blame', blames[error.blame], colors),
    ...field('where', error.facts?.where, colors),
    ...field('expected', error.facts?.expected, colors),
    ...field('got', error.facts?.got, colors),
    ...differenceText(error.facts?.difference, colors),
    ...field('to do', error.remedy, colors),
    ...(error.blame === 'harness' ? stackText(error, colors) : []),
    ...(error.related ?? []).flatMap((related) => [
      ...field(related.relation, `${related.code}: ${related.message}`, colors),
      ...field('  expected', related.facts?.expected, colors),
      ...field('  got', related.facts?.got, colors),
    ]),
  ];
}

/** The line of the scenario, between its neighbours. */
function sourceText({ source }: EventError, colors: Colors): string[] {
  if (source === undefined) return [];
  const lines = printableText(source.excerpt).split('\n');
  return [
    ...field('line', `${printableLine(source.file)}:${source.line}`, colors),
    ...lines.map((line) => `    ${line.startsWith('>') ? colors.bold(line) : colors.dim(line)}`),
  ];
}

function differenceText(difference: string | undefined, colors: Colors): string[] {
  if (difference === undefined) return [];
  const [legend = '', ...lines] = printableText(difference).split('\n');
  const paint = (line: string) =>
    line.startsWith('+') ? colors.red(line) : line.startsWith('-') ? colors.green(line) : colors.dim(line);
  return [...field('difference', legend, colors), ...lines.map((line) => `    ${paint(line)}`)];
}

/** Where in Assay or in the scenario it happened: the frames, without the message that is there already. */
function stackText(error: EventError, colors: Colors): string[] {
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const shown = frames.slice(0, stackLines).map((frame) => frame.trim());
  return field('stack', shown.join('\n'), colors);
}

/** Checks that failed, but for the one that the error tells of already. */
function failedChecks(scenario: ScenarioRun, colors: Colors): string[] {
  const told = scenario.error?.code === 'HARNESS_CHECK_FAILED' ? scenario.error.facts?.tried : undefined;
  return scenario.checks
    .filter((check) => !check.passed && check.what !== told)
    .flatMap((check) => [
      ...field('check', check.what, colors),
      ...field('  expected', check.expected, colors),
      ...field('  got', check.got, colors),
      ...differenceText(check.difference, colors),
    ]);
}

function machineTroubles(scenario: ScenarioRun, colors: Colors): string[] {
  const died = scenario.machines.filter((machine) => machine.how === 'died');
  return [
    ...died.flatMap(({ machine, detail }) =>
      field('machine', `${machine} died${detail === undefined ? '' : `: ${detail}`}`, colors),
    ),
    ...scenario.consoleAlarms.flatMap(({ machine, marker, text }) =>
      field('console', `${machine}: ${marker}${text === undefined ? '' : `: ${text}`}`, colors),
    ),
  ];
}

function consoleText(scenario: ScenarioRun, { colors, consoleLines }: FailureTextOptions): string[] {
  return scenario.consoleTails.flatMap(({ machine, lines }) => {
    const shown = lines.slice(-consoleLines);
    const heading = shown.length === 0 ? 'it was silent' : `last ${shown.length} lines`;
    return [
      ...field('console', `${machine}, ${heading}:`, colors),
      ...shown.map((line) => `  ${colors.dim('|')} ${printableText(line).replaceAll('\n', ' ')}`),
    ];
  });
}

/** `  label      value`, further lines of the value under the first. Nothing for a value that is empty. */
function field(label: string, value: string | undefined, colors: Colors): string[] {
  if (value === undefined || value === '') return [];
  const lines = printableText(value).split('\n');
  return lines.map((line, index) => {
    const head = index === 0 ? `${label}:`.padEnd(labelWidth) : ' '.repeat(labelWidth);
    return `  ${colors.dim(head)} ${line}`;
  });
}
