import type { RunEventOf } from './events.ts';
import { misplaced } from './misplaced-event.ts';
import type { Happenings, MachineRun } from './run-model.ts';

/** The machines that run, over all scenarios: machines of different scenarios may have the same name. */
export class MachineFold {
  readonly #running = new Map<string, MachineRun>();

  /** @throws REPORTS_EVENT_INVALID where a machine starts twice, or does anything without having started. */
  apply(event: RunEventOf<'machine-started' | 'machine-ended' | 'power'>, happenings: Happenings): void {
    const key = `${event.scenarioId ?? ''}\n${event.machine}`;
    const machine = this.#running.get(key);
    if (event.kind === 'machine-started') {
      if (machine !== undefined) throw misplaced(event, `machine ${event.machine} to have ended before`);
      const started = startedMachine(event);
      happenings.machines.push(started);
      this.#running.set(key, started);
      return;
    }
    if (machine === undefined) throw misplaced(event, `machine ${event.machine} to have started`);
    if (event.kind === 'power') {
      machine.power.push({ atMs: event.atMs, action: event.action });
      return;
    }
    machine.durationMs = event.atMs - machine.startedAtMs;
    machine.how = event.how;
    if (event.detail !== undefined) machine.detail = event.detail;
    this.#running.delete(key);
  }

  /** Says that the log ends here: machines that still run are counted up to this time. */
  finish(atMs: number): void {
    for (const machine of this.#running.values()) machine.durationMs = atMs - machine.startedAtMs;
  }
}

function startedMachine(event: RunEventOf<'machine-started'>): MachineRun {
  const { machine, hardware, qemuPid, atMs } = event;
  return { machine, hardware, qemuPid, startedAtMs: atMs, durationMs: 0, power: [] };
}
