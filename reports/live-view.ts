import cliTruncate from 'cli-truncate';
import { boundText } from './bounded-text.ts';
import { formatDuration } from './duration-text.ts';
import { countOutcomes, countsSentence } from './outcome-counts.ts';
import { printableLine } from './printable-text.ts';
import type { MachineRun, Run, ScenarioRun, StepRun } from './run-model.ts';
import { scenarioLabel } from './scenario-label.ts';

export interface LiveViewOptions {
  widthColumns: number;
  /** At most so many lines; the count of what is left out takes the place of the rest. */
  heightLines: number;
  /** Now, in milliseconds since the run's start. */
  nowMs: number;
  /** The last line on a machine's console, as it came: bytes of the guest, of any length. */
  lastConsoleLine(scenarioId: string, machine: string): string | undefined;
}

/**
 * What a terminal shows while a run goes on: each running scenario with its current step, under it each of its
 * machines with its last console line; a count of outcomes at the end. Lines are free of terminal codes of guests
 * and never wider than the terminal.
 */
export function liveView(run: Run, options: LiveViewOptions): string[] {
  const running = run.scenarios.filter(({ outcome }) => outcome === undefined);
  const body = running.flatMap((scenario) => scenarioLines(scenario, options));
  const footer = `${countsSentence(countOutcomes(run))}, ${running.length} running, ${formatDuration(options.nowMs)}`;
  const room = Math.max(0, options.heightLines - 1);
  const shown = body.length <= room ? body : body.slice(0, Math.max(0, room - 1));
  const hidden = body.length - shown.length;
  const more = hidden > 0 && room > 0 ? [`\u2026 ${hidden} more lines`] : [];
  return [...shown, ...more, footer].map((line) => cliTruncate(line, Math.max(1, options.widthColumns)));
}

function scenarioLines(scenario: ScenarioRun, options: LiveViewOptions): string[] {
  const path = currentSteps(scenario.steps).map(({ sentence }) => printableLine(sentence));
  const doing = path.length === 0 ? '' : `  ${path.join(' > ')}`;
  const running = scenario.machines.filter(({ how }) => how === undefined);
  return [
    `${scenarioLabel(scenario)}  ${elapsed(scenario.startedAtMs, options)}${doing}`,
    ...running.map((machine) => machineLine(scenario, machine, options)),
  ];
}

/** The newest running step of each level: with steps side by side, the one that started last. */
function currentSteps(steps: StepRun[]): StepRun[] {
  const current = steps.findLast(({ outcome }) => outcome === undefined);
  return current === undefined ? [] : [current, ...currentSteps(current.steps)];
}

function machineLine(
  scenario: ScenarioRun,
  { machine, startedAtMs }: MachineRun,
  options: LiveViewOptions,
): string {
  const raw = options.lastConsoleLine(scenario.scenarioId, machine) ?? '';
  const line = printableLine(boundText(raw, 2_000)) || '(no output yet)';
  return `  ${printableLine(machine)}  ${elapsed(startedAtMs, options)}  | ${line}`;
}

function elapsed(sinceMs: number, { nowMs }: LiveViewOptions): string {
  return formatDuration(Math.max(0, nowMs - sinceMs));
}
