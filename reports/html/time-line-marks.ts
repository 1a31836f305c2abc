import { type Seek, seekTo } from './console-moment.ts';
import type { PageScenario } from './page-scenario.ts';
import { saidLine } from './page-text.ts';

export type MarkKind = 'power' | 'qmp' | 'console' | 'fault' | 'check' | 'note';

export interface Mark {
  kind: MarkKind;
  atMs: number;
  machine: string;
  what: string;
  /** Something that a person looks for: a panic, a time-out, a check that failed. */
  isAlarm: boolean;
  seek?: Seek;
}

const powerWords = { on: 'power on', button: 'power button', reset: 'reset', cut: 'power cut' };
const longestMark = 160;

/** Every moment of a scenario that has no length: power, QMP, console, faults, checks, notes; in order of time. */
export function timeLineMarks({ scenario, material, consoles }: PageScenario): Mark[] {
  const mark = (
    kind: MarkKind,
    event: { atMs: number; machine?: string | undefined; port?: string | undefined },
    what: string,
    isAlarm = false,
  ): Mark => {
    const { atMs, machine, port } = event;
    const seek = seekTo(consoles, atMs, machine, port);
    const said = saidLine(what, longestMark);
    return {
      kind,
      atMs,
      machine: machine ?? '',
      what: said,
      isAlarm,
      ...(seek === undefined ? {} : { seek }),
    };
  };
  // The alarms of the console are in the model as well: there they are complete, whatever was left out of the log.
  const markers = material.events.filter((event) => event.kind === 'qmp' || !alarmMarkers.has(event.marker));
  const marks = [
    ...scenario.machines.flatMap(({ machine, power }) =>
      power.map(({ atMs, action }) => mark('power', { atMs, machine }, powerWords[action], action === 'cut')),
    ),
    ...scenario.machines
      .filter(({ how }) => how !== undefined)
      .map(({ machine, startedAtMs, durationMs, how, detail }) =>
        mark(
          'power',
          { atMs: startedAtMs + durationMs, machine },
          detail === undefined ? `off: ${how}` : `off: ${how}, ${detail}`,
          how === 'died',
        ),
      ),
    ...markers.map((event) =>
      event.kind === 'qmp'
        ? mark('qmp', event, `${event.name} ${event.data === '{}' ? '' : (event.data ?? '')}`)
        : mark('console', event, markerText(event)),
    ),
    ...scenario.consoleAlarms.map((event) => mark('console', event, markerText(event), true)),
    ...scenario.faults.map((event) =>
      mark('fault', event, `${event.what}: ${event.proof ?? 'NOT PROVED'}`, true),
    ),
    ...scenario.checks.map((event) =>
      mark('check', event, `${event.passed ? 'holds' : 'DOES NOT HOLD'}: ${event.what}`, !event.passed),
    ),
    ...scenario.notes.map((event) => mark('note', event, event.text, event.level === 'warning')),
  ];
  return marks.sort((one, other) => one.atMs - other.atMs);
}

const alarmMarkers = new Set(['timeout', 'panic', 'flood']);

function markerText({ marker, text, port }: { marker: string; text?: string; port?: string }): string {
  const place = port === undefined || port === 'console' ? '' : ` (${port})`;
  return text === undefined ? `${marker}${place}` : `${marker}${place}: ${text}`;
}
