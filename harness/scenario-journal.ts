import { AsyncLocalStorage } from 'node:async_hooks';
import type { NewEvent } from '../reports/index.ts';

type WithoutPlace<Event> = Event extends unknown ? Omit<Event, 'scenarioId' | 'stepId' | 'parentId'> : never;
/** An event inside a scenario, without the place, which the journal knows. */
export type PlacedEvent = WithoutPlace<
  Exclude<
    NewEvent,
    { kind: 'scenario-started' | 'scenario-ended' | 'step-started' | 'step-ended' | 'run-ended' }
  >
>;
type StepStart = Omit<
  Extract<NewEvent, { kind: 'step-started' }>,
  'kind' | 'scenarioId' | 'stepId' | 'parentId'
>;

interface Step {
  id: string;
  sentence: string;
}

/**
 * Writes one scenario's events, each with the step it belongs to: the step is found through the chain of
 * asynchronous calls, so that steps which run at the same time do not take each other's events.
 */
export class ScenarioJournal {
  readonly scenarioId: string;
  readonly #append: (event: NewEvent) => void;
  readonly #current = new AsyncLocalStorage<Step>();
  readonly #open = new Map<string, { sentence: string; place: Error }>();
  #steps = 0;

  constructor(scenarioId: string, append: (event: NewEvent) => void) {
    this.scenarioId = scenarioId;
    this.#append = append;
  }

  /** The sentences of the steps under way, outermost first. */
  get openSteps(): string[] {
    return [...this.#open.values()].map(({ sentence }) => sentence);
  }

  /** Where in the scenario the step begins that was begun last and has not ended, as an error's stack. */
  get openPlace(): Error | undefined {
    return [...this.#open.values()].at(-1)?.place;
  }

  emit(event: PlacedEvent): void {
    const stepId = this.#current.getStore()?.id;
    const place = { scenarioId: this.scenarioId, ...(stepId === undefined ? {} : { stepId }) };
    // The union loses its discriminant when the place is taken out and put back; the log checks every event.
    this.#append({ ...event, ...place } as NewEvent);
  }

  /** Runs `action` inside a step; `endedBy` says how what it threw is to be recorded. */
  async step<Result>(
    start: StepStart,
    action: () => Result | Promise<Result>,
    endedBy: (thrown: unknown) => Pick<Extract<NewEvent, { kind: 'step-ended' }>, 'outcome' | 'error'>,
  ): Promise<Result> {
    const { scenarioId } = this;
    const parentId = this.#current.getStore()?.id;
    this.#steps += 1;
    const step = { id: `${scenarioId}.${this.#steps}`, sentence: start.sentence };
    this.#append({ kind: 'step-started', scenarioId, stepId: step.id, parentId, ...start });
    this.#open.set(step.id, { sentence: step.sentence, place: new Error('a step begins') });
    try {
      const result = await this.#current.run(step, action);
      this.#append({ kind: 'step-ended', scenarioId, stepId: step.id, outcome: 'passed' });
      return result;
    } catch (error) {
      this.#append({ kind: 'step-ended', scenarioId, stepId: step.id, ...endedBy(error) });
      throw error;
    } finally {
      this.#open.delete(step.id);
    }
  }
}
