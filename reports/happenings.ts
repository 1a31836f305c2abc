import type { RunEventOf } from './events.ts';
import type { Happenings } from './run-model.ts';

type HappeningEvent = RunEventOf<
  'qmp' | 'console' | 'artifact' | 'disk-map' | 'fault' | 'check' | 'measure' | 'note'
>;

const alarmMarkers = new Set<RunEventOf<'console'>['marker']>(['timeout', 'panic', 'flood']);

/** Puts an event beside the steps of a scenario. QMP events and ordinary console markers stay in the log only. */
export function addHappening(happenings: Happenings, event: HappeningEvent): void {
  switch (event.kind) {
    case 'check':
      happenings.checks.push(withoutPlace(event));
      break;
    case 'fault':
      happenings.faults.push(withoutPlace(event));
      break;
    case 'measure':
      happenings.measures.push(withoutPlace(event));
      break;
    case 'note':
      happenings.notes.push(withoutPlace(event));
      break;
    case 'artifact':
      happenings.artifacts.push(withoutPlace(event));
      break;
    case 'disk-map':
      happenings.diskMaps.push(withoutPlace(event));
      break;
    case 'console':
      if (alarmMarkers.has(event.marker)) happenings.consoleAlarms.push(withoutPlace(event));
      break;
  }
}

/** A place where nothing has happened yet. */
export function emptyHappenings(): Happenings {
  return {
    machines: [],
    checks: [],
    faults: [],
    measures: [],
    notes: [],
    artifacts: [],
    diskMaps: [],
    consoleAlarms: [],
  };
}

function withoutPlace<Event extends HappeningEvent>(event: Event): Omit<Event, 'kind' | 'scenarioId'> {
  const { kind: _kind, scenarioId: _id, ...rest } = event;
  return rest;
}
