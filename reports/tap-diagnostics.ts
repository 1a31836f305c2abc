import type { EventError } from './events.ts';
import { shownOutcome } from './outcome-counts.ts';
import { printableCommand, printableLine, printableText } from './printable-text.ts';
import type { ScenarioRun, StepRun } from './run-model.ts';

/** The YAML block of a scenario's test point: all that {@link ScenarioRun} knows of its outcome. */
export function scenarioDiagnostics(scenario: ScenarioRun): Record<string, unknown> {
  return withoutUndefined({
    duration_ms: milliseconds(scenario.durationMs),
    outcome: shownOutcome(scenario),
    file: printableCommand(scenario.file),
    reason: scenario.reason === undefined ? undefined : printableText(scenario.reason),
    error: scenario.error === undefined ? undefined : errorDiagnostics(scenario.error),
    failed_checks: nonEmpty(
      scenario.checks
        .filter(({ passed }) => !passed)
        .map(({ what, expected, got }) => printableValues({ what, expected, got })),
    ),
    evidence: nonEmpty(
      scenario.evidence.map(({ what, path }) => ({
        what: printableLine(what),
        path: printableCommand(path),
      })),
    ),
    console: nonEmpty(
      scenario.consoleTails.map(({ machine, lines }) => ({
        machine: printableLine(machine),
        last_lines: lines.map(printableLine),
      })),
    ),
    reproduce: scenario.reproduce === undefined ? undefined : printableCommand(scenario.reproduce),
  });
}

/** The YAML block of a step's test point. */
export function stepDiagnostics(step: StepRun): Record<string, unknown> {
  return withoutUndefined({
    duration_ms: milliseconds(step.durationMs),
    outcome: step.outcome ?? 'unfinished',
    category: step.category,
    machine: step.machine === undefined ? undefined : printableLine(step.machine),
    error: step.error === undefined ? undefined : errorDiagnostics(step.error),
  });
}

function errorDiagnostics({
  code,
  blame,
  message,
  remedy,
  facts,
  stack,
  source,
  related,
}: EventError): Record<string, unknown> {
  return withoutUndefined({
    ...printableValues({ code, blame, message, remedy, ...facts, stack }),
    source:
      source === undefined
        ? undefined
        : {
            file: printableCommand(source.file),
            line: source.line,
            excerpt: printableText(source.excerpt),
          },
    related: nonEmpty(
      (related ?? []).map(({ relation, code, blame, message }) =>
        printableValues({ relation, code, blame, message }),
      ),
    ),
  });
}

function printableValues(values: Record<string, string | undefined>): Record<string, string> {
  const known = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(known.map(([key, value]) => [key, printableText(value)]));
}

function milliseconds(durationMs: number): number {
  return Math.round(durationMs * 1000) / 1000;
}

function nonEmpty<Item>(items: Item[]): Item[] | undefined {
  return items.length === 0 ? undefined : items;
}

function withoutUndefined(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
