import type { ReadEventLog } from './event-log-reader.ts';
import type { RunEvent, RunEventOf } from './events.ts';
import { runnerEnded } from './runner-ended.ts';

/**
 * Where a file of a run is found, seen from the merged run.
 *
 * @param kind An artifact's path is relative to its run folder; evidence is as the runner printed it.
 * @param ids The attempt's id in its own run and in the merged one; none for what belongs to no scenario.
 */
export type PathOf = (
  path: string,
  kind: 'artifact' | 'evidence',
  ids: { scenarioId: string; mergedId: string } | undefined,
) => string;

export interface MergedSourceOptions {
  /** Comes before every id of this run; counts from 1. */
  number: number;
  /** How much later than the first run it started. */
  shiftMs: number;
  log: ReadEventLog;
  /** How often each scenario has been seen, over all runs: shared by the sources of one merge. */
  repeats: Map<string, number>;
  pathOf?: PathOf;
}

/** One run's events as they stand in the merged log: shifted, with ids that no other run has, everything ended. */
export class MergedSource {
  /** Without run-started and run-ended. */
  readonly events: RunEvent[];
  /** The attempts' ids, to what they are in the merged run. */
  readonly renamed = new Map<string, string>();
  readonly #options: MergedSourceOptions;
  readonly #repeats = new Map<string, number>();
  readonly #openScenarios = new Map<string, string>();
  readonly #openMachines = new Map<string, RunEventOf<'machine-started'>>();

  constructor(options: MergedSourceOptions) {
    this.#options = options;
    const { events } = options.log;
    this.events = events
      .filter(({ kind }) => kind !== 'run-started' && kind !== 'run-ended')
      .map((event) => this.#take(event));
    this.events.push(...this.#endings(events.at(-1)!));
  }

  #take(event: RunEvent): RunEvent {
    const taken = this.#rename({ ...event, atMs: event.atMs + this.#options.shiftMs });
    this.#watch(taken);
    return taken;
  }

  #rename(event: RunEvent): RunEvent {
    const placed = this.#withIds(event);
    const ownId = 'scenarioId' in event ? event.scenarioId : undefined;
    switch (placed.kind) {
      case 'scenario-started':
        return { ...placed, repeat: this.#repeatOf(placed) };
      case 'artifact':
        return { ...placed, path: this.#path(placed.path, 'artifact', ownId) };
      case 'scenario-ended': {
        const evidence = placed.evidence.map(({ what, path }) => ({
          what,
          path: this.#path(path, 'evidence', ownId),
        }));
        return { ...placed, evidence };
      }
      default:
        return placed;
    }
  }

  #withIds<Event extends RunEvent>(event: Event): Event {
    const prefix = `${this.#options.number}.`;
    const { scenarioId, stepId, parentId, machine } = event as Record<string, unknown>;
    return {
      ...event,
      ...(scenarioId === undefined ? {} : { scenarioId: `${prefix}${scenarioId}` }),
      ...(stepId === undefined ? {} : { stepId: `${prefix}${stepId}` }),
      ...(parentId === undefined ? {} : { parentId: `${prefix}${parentId}` }),
      // Machines of one scenario are told apart by it; those of none only by their names.
      ...(scenarioId === undefined && machine !== undefined ? { machine: `${prefix}${machine}` } : {}),
    };
  }

  #path(path: string, kind: 'artifact' | 'evidence', scenarioId: string | undefined): string {
    const mergedId = scenarioId === undefined ? undefined : this.renamed.get(scenarioId);
    const ids = scenarioId === undefined || mergedId === undefined ? undefined : { scenarioId, mergedId };
    return this.#options.pathOf?.(path, kind, ids) ?? path;
  }

  /** Attempts of one repeat stay together; a scenario that another run had, too, comes as a further repeat. */
  #repeatOf({ name, file, repeat }: RunEventOf<'scenario-started'>): number {
    const scenario = `${file}\n${name}`;
    const known = this.#repeats.get(`${scenario}\n${repeat}`);
    if (known !== undefined) return known;
    const next = (this.#options.repeats.get(scenario) ?? 0) + 1;
    this.#options.repeats.set(scenario, next);
    this.#repeats.set(`${scenario}\n${repeat}`, next);
    return next;
  }

  #watch(event: RunEvent): void {
    if (event.kind === 'scenario-started') {
      const { number } = this.#options;
      this.renamed.set(event.scenarioId.slice(`${number}.`.length), event.scenarioId);
      this.#openScenarios.set(event.scenarioId, event.name);
    }
    if (event.kind === 'scenario-ended') this.#openScenarios.delete(event.scenarioId);
    const machine = 'machine' in event ? `${event.scenarioId ?? ''}\n${event.machine}` : '';
    if (event.kind === 'machine-started') this.#openMachines.set(machine, event);
    if (event.kind === 'machine-ended') this.#openMachines.delete(machine);
  }

  /** What the runner never wrote down, at the time of its last event: its machines and scenarios ended with it. */
  #endings(last: RunEvent): RunEvent[] {
    const atMs = last.atMs + this.#options.shiftMs;
    const got = last.kind === 'run-ended' ? 'the end of the run' : 'the end of the event log';
    const machines = [...this.#openMachines.values()].map(({ scenarioId, machine }): RunEvent => {
      const detail = 'the runner ended, and its machines with it';
      return { kind: 'machine-ended', atMs, scenarioId, machine, how: 'stopped', detail };
    });
    const scenarios = [...this.#openScenarios].map(([scenarioId, name]): RunEvent => {
      const ending = runnerEnded(name, got);
      return { kind: 'scenario-ended', atMs, scenarioId, evidence: [], consoleTails: [], ...ending };
    });
    return [...machines, ...scenarios];
  }
}
