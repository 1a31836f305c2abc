import type { RunEvent, RunEventOf } from './events.ts';
import { addHappening, emptyHappenings } from './happenings.ts';
import { MachineFold } from './machine-fold.ts';
import { misplaced } from './misplaced-event.ts';
import { brokenAttemptsBefore, countOutcomes } from './outcome-counts.ts';
import type { Happenings, OutcomeCounts, Run, ScenarioRun, StepRun } from './run-model.ts';
import { runnerEnded } from './runner-ended.ts';

/** The fold while the run goes on: the runner applies each event as it records it; live views look at `run`. */
export class RunFold {
  readonly run: Run;
  readonly #scenarios = new Map<string, ScenarioRun>();
  readonly #steps = new Map<string, StepRun>();
  readonly #machines = new MachineFold();

  /** @throws REPORTS_EVENT_INVALID if the event is not run-started. */
  constructor(first: RunEvent) {
    if (first.kind !== 'run-started') throw misplaced(first, 'run-started as the first event');
    const { kind: _kind, atMs: _atMs, schemaVersion: _version, ...facts } = first;
    this.run = {
      ...facts,
      state: 'running',
      durationMs: 0,
      scenarios: [],
      outside: emptyHappenings(),
      warnings: [],
    };
  }

  /** Takes the next event into the model. @throws REPORTS_EVENT_INVALID as {@link summariseRun}. */
  apply(event: RunEvent): void {
    this.run.durationMs = event.atMs;
    switch (event.kind) {
      case 'run-started':
        throw misplaced(event, 'run-started only once');
      case 'run-ended':
        this.#endRun(event);
        break;
      case 'scenario-started':
        this.#startScenario(event);
        break;
      case 'scenario-ended':
        this.#endScenario(event);
        break;
      case 'step-started':
        this.#startStep(event);
        break;
      case 'step-ended':
        this.#endStep(event);
        break;
      case 'machine-started':
      case 'machine-ended':
      case 'power':
        this.#machines.apply(event, this.#happeningsOf(event));
        break;
      case 'recovery':
        this.#recover(event);
        break;
      default:
        addHappening(this.#happeningsOf(event), event);
    }
  }

  /** The scenario of an event, for whoever prints it. */
  scenarioOf(event: RunEvent): ScenarioRun | undefined {
    return 'scenarioId' in event && event.scenarioId !== undefined
      ? this.#scenarios.get(event.scenarioId)
      : undefined;
  }

  /** How many scenarios have ended how, so far. */
  get counts(): OutcomeCounts {
    return countOutcomes(this.run);
  }

  /** A step by its id. */
  step(stepId: string): StepRun | undefined {
    return this.#steps.get(stepId);
  }

  /** Says that no event will come: what is still open ends with what is known. run-ended does so by itself. */
  finish(): void {
    if (this.run.state === 'running') this.run.state = 'broken-off';
    for (const scenario of this.#scenarios.values()) {
      if (scenario.outcome === undefined) this.#breakOffScenario(scenario);
      for (const step of openSteps(scenario.steps)) {
        const scenarioEndMs = scenario.startedAtMs + scenario.durationMs;
        step.durationMs = Math.max(0, scenarioEndMs - step.startedAtMs);
      }
    }
    this.#machines.finish(this.run.durationMs);
  }

  #startScenario(event: RunEventOf<'scenario-started'>): void {
    if (this.#scenarios.has(event.scenarioId)) throw misplaced(event, 'a scenario id that is new');
    const { scenarioId, name, file, repeat, attempt, reproduce, drill, atMs } = event;
    const scenario: ScenarioRun = {
      ...{ scenarioId, name, file, repeat, attempt, isFinal: true, isFlaky: false },
      ...{ startedAtMs: atMs, durationMs: 0 },
      ...(reproduce === undefined ? {} : { reproduce }),
      ...(drill === undefined ? {} : { drill: { ...drill } }),
      ...{ evidence: [], consoleTails: [], steps: [], ...emptyHappenings() },
    };
    if (attempt > 1) {
      for (const earlier of this.run.scenarios) {
        const isSame = earlier.name === name && earlier.file === file && earlier.repeat === repeat;
        if (isSame) earlier.isFinal = false;
      }
    }
    this.#scenarios.set(scenarioId, scenario);
    this.run.scenarios.push(scenario);
  }

  #endScenario(event: RunEventOf<'scenario-ended'>): void {
    const scenario = this.#scenario(event);
    if (scenario.outcome !== undefined) throw misplaced(event, 'a scenario that is running');
    const { kind: _kind, scenarioId: _id, atMs, ...ending } = event;
    // A key that is undefined must not take away the reproduce command that scenario-started brought.
    const known = Object.entries(ending).filter(([, value]) => value !== undefined);
    Object.assign(scenario, Object.fromEntries(known), {
      durationMs: Math.max(0, atMs - scenario.startedAtMs - (event.pausedMs ?? 0)),
    });
    const isRetry = scenario.attempt > 1 && scenario.outcome === 'passed';
    scenario.isFlaky = isRetry && brokenAttemptsBefore(this.run, scenario).length > 0;
  }

  #recover(event: RunEventOf<'recovery'>): void {
    const drill = this.scenarioOf(event)?.drill;
    if (drill === undefined) throw misplaced(event, 'a drill that has started');
    drill.recoveryMs = Math.max(drill.recoveryMs ?? 0, event.durationMs);
  }

  #breakOffScenario(scenario: ScenarioRun): void {
    const { state } = this.run;
    const got = state === 'broken-off' ? 'the end of the event log' : `the end of the run (${state})`;
    const durationMs = this.run.durationMs - scenario.startedAtMs;
    Object.assign(scenario, runnerEnded(scenario.name, got), { durationMs });
  }

  #startStep(event: RunEventOf<'step-started'>): void {
    const { stepId, sentence, category, machine, parentId, atMs } = event;
    const scenario = this.#scenario(event);
    if (this.#steps.has(stepId)) throw misplaced(event, 'a step id that is new');
    const parent = parentId === undefined ? scenario : this.#steps.get(parentId);
    if (parent === undefined) throw misplaced(event, `step ${parentId} to have started`);
    const step: StepRun = {
      ...{ stepId, sentence, category, startedAtMs: atMs, durationMs: 0, steps: [] },
      ...(machine === undefined ? {} : { machine }),
    };
    parent.steps.push(step);
    this.#steps.set(stepId, step);
  }

  #endStep(event: RunEventOf<'step-ended'>): void {
    const step = this.#steps.get(event.stepId);
    if (step === undefined || step.outcome !== undefined) throw misplaced(event, 'a step that is running');
    step.durationMs = event.atMs - step.startedAtMs;
    step.outcome = event.outcome;
    if (event.error !== undefined) step.error = event.error;
  }

  #endRun(event: RunEventOf<'run-ended'>): void {
    this.run.state = event.interrupted ? 'interrupted' : 'ended';
    if (event.error !== undefined) this.run.error = event.error;
    const counted = countOutcomes(this.run);
    const differs = Object.entries(event.counts).some(
      ([outcome, count]) => counted[outcome as never] !== count,
    );
    if (differs) {
      this.run.warnings.push(
        `the runner counted ${JSON.stringify(event.counts)}, the event log has ${JSON.stringify(counted)}`,
      );
    }
    this.finish();
  }

  #scenario(event: RunEvent & { scenarioId: string }): ScenarioRun {
    const scenario = this.#scenarios.get(event.scenarioId);
    if (scenario === undefined) throw misplaced(event, `scenario ${event.scenarioId} to have started`);
    return scenario;
  }

  /** What comes after scenario-ended still belongs to it: teardown ends its machines. */
  #happeningsOf(event: RunEvent & { scenarioId?: string | undefined }): Happenings {
    const { scenarioId } = event;
    return scenarioId === undefined ? this.run.outside : this.#scenario({ ...event, scenarioId });
  }
}

function openSteps(steps: StepRun[]): StepRun[] {
  return steps.flatMap((step) => [...(step.outcome === undefined ? [step] : []), ...openSteps(step.steps)]);
}
