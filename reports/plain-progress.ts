import { formatDuration } from './duration-text.ts';
import type { RunEvent, RunEventOf } from './events.ts';
import { hostSentence } from './host-sentence.ts';
import { countsSentence } from './outcome-counts.ts';
import { printableLine } from './printable-text.ts';
import type { RunFold } from './run-fold.ts';
import { errorHeadline, scenarioLabel } from './scenario-label.ts';

/**
 * One plain line for CI logs: `[ 12.3s] lifecycle: machine alpha: power on`. Undefined for events that only
 * evidence needs (QMP, ordinary console traffic, artifacts).
 *
 * @param fold the run so far, with this event applied already.
 */
export function plainProgressLine(event: RunEvent, fold: RunFold): string | undefined {
  const said = sayEvent(event, fold);
  if (said === undefined) return undefined;
  const time = `${(event.atMs / 1000).toFixed(1).padStart(5)}s`;
  const scenario = fold.scenarioOf(event);
  const place = scenario === undefined ? '' : `${scenarioLabel(scenario)}: `;
  const machine = 'machine' in event && event.machine !== undefined ? `machine ${event.machine}: ` : '';
  return printableLine(`[${time}] ${place}${machine}${said}`);
}

function sayEvent(event: RunEvent, fold: RunFold): string | undefined {
  switch (event.kind) {
    case 'run-started':
      return `run ${event.runId} started: ${hostSentence(event)}`;
    case 'scenario-started':
      return `started (${event.file})`;
    case 'scenario-ended':
      return sayScenarioEnd(event, fold);
    case 'step-started':
      return event.sentence;
    case 'step-ended':
      return sayStepEnd(event, fold);
    case 'machine-started':
      return `started: ${event.hardware} (QEMU pid ${event.qemuPid})`;
    case 'machine-ended':
      return withDetail(event.how.replace('-', ' '), event.detail);
    case 'power':
      return { on: 'power on', button: 'power button', reset: 'reset', cut: 'power cut' }[event.action];
    case 'console':
      return sayConsole(event);
    case 'fault':
      return `fault: ${withDetail(event.what, event.proof ?? 'NOT PROVED')}`;
    case 'check':
      return event.passed ? `checked: ${event.what}` : sayFailedCheck(event);
    case 'measure':
      return `${event.name} = ${event.value} ${event.unit}`;
    case 'recovery':
      return `well again after ${formatDuration(event.durationMs)}`;
    case 'note':
      return event.level === 'warning' ? `warning: ${event.text}` : event.text;
    case 'run-ended':
      return `run ${event.interrupted ? 'interrupted' : 'ended'}: ${countsSentence(event.counts)}`;
    case 'qmp':
    case 'artifact':
    case 'disk-map':
      return undefined;
  }
}

function sayScenarioEnd(event: RunEventOf<'scenario-ended'>, fold: RunFold): string {
  const why = event.error === undefined ? event.reason : errorHeadline(event.error);
  const scenario = fold.scenarioOf(event);
  const duration = formatDuration(scenario?.durationMs ?? 0);
  if (event.outcome === 'skipped') return withDetail('skipped', why);
  if (scenario?.isFlaky) return `FLAKY: passed after ${duration}, when tried again`;
  const outcome = event.outcome === 'passed' ? 'passed' : event.outcome.toUpperCase();
  return withDetail(`${outcome} after ${duration}`, why);
}

function sayStepEnd(event: RunEventOf<'step-ended'>, fold: RunFold): string {
  const step = fold.step(event.stepId);
  const outcome = event.outcome === 'passed' ? 'done' : event.outcome;
  const headline = event.error === undefined ? undefined : errorHeadline(event.error);
  return withDetail(
    `${outcome} in ${formatDuration(step?.durationMs ?? 0)}: ${step?.sentence ?? ''}`,
    headline,
  );
}

function sayConsole({ marker, text }: RunEventOf<'console'>): string | undefined {
  switch (marker) {
    case 'timeout':
      return withDetail('console time-out', text);
    case 'panic':
      return withDetail('KERNEL PANIC', text);
    case 'flood':
    case 'stage':
    case 'ready':
      return withDetail(marker, text);
    default:
      return undefined;
  }
}

function sayFailedCheck({ what, expected, got }: RunEventOf<'check'>): string {
  return `CHECK FAILED: ${what}: expected ${expected ?? 'it to hold'}, got ${got ?? 'the contrary'}`;
}

function withDetail(text: string, detail: string | undefined): string {
  return detail === undefined || detail === '' ? text : `${text}: ${detail}`;
}
