import { stringify } from 'yaml';
import { hostSentence } from './host-sentence.ts';
import { countOutcomes, countsSentence, quarantineSentence } from './outcome-counts.ts';
import { printableLine } from './printable-text.ts';
import type { Run, ScenarioRun, StepRun } from './run-model.ts';
import { scenarioLabel } from './scenario-label.ts';
import { scenarioDiagnostics, stepDiagnostics } from './tap-diagnostics.ts';

/**
 * The run as TAP version 14: one test point per scenario attempt, its steps as nested subtests, YAML diagnostics.
 * Errored scenarios are `not ok` with `outcome: errored`. A run that was interrupted, or whose runner died, ends
 * with `Bail out!`. A flaky scenario is `ok` with `outcome: flaky` and a comment. What broke without deciding anything (a retried attempt, a drill in quarantine, a step that a passed scenario
 * expected to break) is marked TODO, which TAP does not count as a failure.
 */
export function tapReport(run: Run): string {
  const points = run.scenarios.flatMap((scenario, index) => scenarioPoint(scenario, index + 1));
  const lines = [
    'TAP version 14',
    `# assay run ${printableLine(run.runId)}, ${printableLine(hostSentence(run))}`,
    ...run.warnings.map((warning) => `# warning: ${printableLine(warning)}`),
    ...points,
    `# ${countsSentence(countOutcomes(run))}`,
    ...ending(run),
  ];
  return `${lines.join('\n')}\n`;
}

interface TestPoint {
  number: number;
  isOk: boolean;
  description: string;
  directive: string;
  diagnostics: Record<string, unknown>;
}

function scenarioPoint(scenario: ScenarioRun, number: number): string[] {
  const isOk = scenario.outcome === 'passed' || scenario.outcome === 'skipped';
  const description = escapeDescription(scenarioLabel(scenario));
  const skip = scenario.outcome === 'skipped' ? ` # SKIP ${escapeDescription(scenario.reason ?? '')}` : '';
  const forgiven = scenario.isFinal ? quarantineSentence(scenario) : 'a later attempt decided';
  const todo = isOk || forgiven === undefined ? '' : ` # TODO ${escapeDescription(forgiven)}`;
  return [
    ...subtest(description, scenario.steps, isOk || todo !== ''),
    ...pointLines({
      number,
      isOk,
      description,
      directive: (skip || todo).trimEnd(),
      diagnostics: scenarioDiagnostics(scenario),
    }),
    ...(scenario.isFlaky ? [`# flaky: ${printableLine(scenario.name)} passed when it was tried again`] : []),
  ];
}

function subtest(description: string, steps: StepRun[], isForgiven: boolean): string[] {
  if (steps.length === 0) return [];
  const points = steps.flatMap((step, index) => stepPoint(step, index + 1, isForgiven));
  const document = [...points, `1..${steps.length}`].map((line) => `    ${line}`);
  return [`# Subtest: ${description}`, ...document];
}

function stepPoint(step: StepRun, number: number, isForgiven: boolean): string[] {
  const isOk = step.outcome === 'passed' || step.outcome === 'skipped';
  const description = escapeDescription(step.sentence);
  const skip = step.outcome === 'skipped' ? ' # SKIP' : '';
  const todo =
    !isOk && isForgiven ? ' # TODO decided nothing: what it belongs to passed or was tried again' : '';
  return [
    ...subtest(description, step.steps, isOk || isForgiven),
    ...pointLines({ number, isOk, description, directive: skip || todo, diagnostics: stepDiagnostics(step) }),
  ];
}

function pointLines({ number, isOk, description, directive, diagnostics }: TestPoint): string[] {
  // Quoted as JSON, every value stays on one line: nothing in it can look like the end of the block.
  const yaml = stringify(diagnostics, {
    defaultStringType: 'QUOTE_DOUBLE',
    defaultKeyType: 'PLAIN',
    doubleQuotedAsJSON: true,
    lineWidth: 0,
    aliasDuplicateObjects: false,
  });
  const block = ['---', ...yaml.trimEnd().split('\n'), '...'].map((line) => `  ${line}`);
  return [`${isOk ? 'ok' : 'not ok'} ${number} - ${description}${directive}`, ...block];
}

function ending(run: Run): string[] {
  if (run.state === 'interrupted') return ['Bail out! the run was interrupted'];
  if (run.state === 'broken-off') return ['Bail out! the runner ended before the run did'];
  if (run.error !== undefined)
    return [`Bail out! ${escapeDescription(`${run.error.code}: ${run.error.message}`)}`];
  return [`1..${run.scenarios.length}`];
}

/** One line in which `#` cannot start a directive (TAP 14, "Escaping"). */
function escapeDescription(text: string): string {
  return printableLine(text).replace(/[\\#]/g, '\\$&');
}
