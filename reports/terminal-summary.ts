import { drillLines } from './drill-lines.ts';
import { formatDuration } from './duration-text.ts';
import { errorText, failureText } from './failure-text.ts';
import { hostSentence } from './host-sentence.ts';
import { countOutcomes, countsSentence, type ShownOutcome, shownOutcome } from './outcome-counts.ts';
import { printableLine, printableText } from './printable-text.ts';
import type { Run, ScenarioRun } from './run-model.ts';
import { scenarioLabel } from './scenario-label.ts';
import { type Colors, noColors, terminalColors } from './terminal-colors.ts';
import { timeTable } from './time-table.ts';

export interface TerminalSummaryOptions {
  /** Colours and bold type; false for NO_COLOR, --no-color and files. */
  color: boolean;
  /** How many of each machine's last console lines a failure shows. */
  consoleLines?: number;
}

/**
 * The summary of a run for a terminal: every scenario with its outcome, where the time went, then the failures,
 * last and complete, so that they are what one sees; the last line counts.
 */
export function terminalSummary(run: Run, { color, consoleLines = 15 }: TerminalSummaryOptions): string {
  const colors = color ? terminalColors : noColors;
  const broken = run.scenarios.filter(({ outcome }) => outcome === 'failed' || outcome === 'errored');
  const drills = drillLines(run, colors);
  const lines = [
    colors.bold(`assay run ${printableLine(run.runId)}${shardText(run)}`),
    `  ${hostSentence(run)}`,
    '',
    ...run.scenarios.map((scenario) => outcomeLine(scenario, colors)),
    ...(run.plannedScenarios === 0 ? ['  nothing to run'] : []),
    '',
    ...(drills.length === 0 ? [] : [...drills, '']),
    ...timeTable(run, colors),
    ...broken.flatMap((scenario) => ['', ...failureBlock(scenario, colors, consoleLines)]),
    ...runTroubles(run, colors),
    ...runResults(run),
    '',
    colors.bold(countsSentence(countOutcomes(run))),
  ];
  return `${lines.join('\n')}\n`;
}

function shardText({ shard }: Run): string {
  return shard === undefined ? '' : `, shard ${shard.number}/${shard.of}`;
}

function outcomeLine(scenario: ScenarioRun, colors: Colors): string {
  const outcome = shownOutcome(scenario);
  const duration = outcome === 'skipped' ? '' : `  ${colors.dim(formatDuration(scenario.durationMs))}`;
  const reason = outcome === 'skipped' ? `  ${printableLine(scenario.reason ?? 'no reason given')}` : '';
  return `  ${outcomePaint(outcome, colors)(outcome.padEnd(7))}  ${scenarioLabel(scenario)}${duration}${reason}`;
}

function failureBlock(scenario: ScenarioRun, colors: Colors, consoleLines: number): string[] {
  const outcome = scenario.outcome ?? 'errored';
  const retried = scenario.isFinal ? '' : ', tried again';
  const title = `${outcome.toUpperCase()} ${scenarioLabel(scenario)}`;
  return [
    `${colors.bold(outcomePaint(outcome, colors)(title))}  ${printableLine(scenario.file)}${retried}`,
    ...failureText(scenario, { colors, consoleLines }),
  ];
}

function runTroubles(run: Run, colors: Colors): string[] {
  const warnings = [
    ...run.warnings,
    ...[run.outside, ...run.scenarios].flatMap(({ notes }) =>
      notes.filter(({ level }) => level === 'warning').map(({ text }) => text),
    ),
  ];
  // Attempts beyond the first were not planned.
  const begun = run.scenarios.filter(({ attempt }) => attempt === 1).length;
  const notStarted = Math.max(0, (run.plannedScenarios ?? 0) - begun);
  const ends = {
    running: 'the run is still going on',
    interrupted: 'the run was interrupted',
    'broken-off': 'the runner ended before the run did',
    ended: '',
  };
  const end = [ends[run.state], notStarted > 0 ? `scenarios not started: ${notStarted}` : '']
    .filter((part) => part !== '')
    .join('; ');
  return [
    ...(warnings.length === 0 ? [] : ['']),
    ...warnings.map((warning) => `${colors.yellow('warning:')} ${printableLine(warning)}`),
    ...(end === '' ? [] : ['', colors.yellow(end)]),
    ...(run.error === undefined ? [] : ['', colors.red('the run itself:'), ...errorText(run.error, colors)]),
  ];
}

/** What the run as a whole has come to, beside its scenarios; lines of one text stay lines. */
function runResults({ outside }: Run): string[] {
  const results = outside.notes.filter(({ level }) => level === 'result');
  return results.flatMap(({ text }) => ['', ...printableText(text).split('\n')]);
}

function outcomePaint(outcome: ShownOutcome, colors: Colors): (text: string) => string {
  return {
    passed: colors.green,
    failed: colors.red,
    errored: colors.magenta,
    skipped: colors.yellow,
    flaky: colors.yellow,
    running: colors.cyan,
  }[outcome];
}
