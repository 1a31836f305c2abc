import type { StepCategory } from '../events.ts';
import type { ShownOutcome } from '../outcome-counts.ts';
import type { StepRun } from '../run-model.ts';
import { type Seek, seekTo } from './console-moment.ts';
import type { PageConsole, PageScenario } from './page-scenario.ts';
import { keepEnds } from './page-text.ts';
import { type Mark, timeLineMarks } from './time-line-marks.ts';

/** Steps inside steps are shown this deep. */
const deepestStage = 3;

/** Everything of one machine on the clock; `machine` is empty for what belongs to the scenario as a whole. */
export interface Lane {
  machine: string;
  stages: Stage[];
  powered: { fromMs: number; untilMs: number; how: string }[];
  marks: Mark[];
}

export interface Stage {
  sentence: string;
  category: StepCategory;
  outcome: ShownOutcome;
  fromMs: number;
  untilMs: number;
  /** 0 for the outermost. */
  depth: number;
  seek?: Seek;
}

export interface TimeLine {
  fromMs: number;
  untilMs: number;
  lanes: Lane[];
  /** All marks of all lanes, in order of time. */
  marks: Mark[];
  omittedMarks: number;
}

/** Puts what happened in a scenario on lanes, one for each machine, all on the run's clock. */
export function timeLineOf(page: PageScenario): TimeLine {
  const { scenario } = page;
  const marks = keepEnds(timeLineMarks(page), page.rowLimit);
  const stages = keepEnds(stagesOf(scenario.steps, page.consoles), page.rowLimit).kept;
  const machines = new Set([
    '',
    ...page.consoles.map(({ machine }) => machine),
    ...scenario.machines.map(({ machine }) => machine),
    ...stages.map(({ machine }) => machine),
    ...marks.kept.map(({ machine }) => machine),
  ]);
  const lanes = [...machines].map((machine) => ({
    machine,
    stages: stages.filter((stage) => stage.machine === machine),
    powered: scenario.machines
      .filter((run) => run.machine === machine)
      .map((run) => ({
        fromMs: run.startedAtMs,
        untilMs: run.startedAtMs + run.durationMs,
        how: run.how ?? 'running',
      })),
    marks: marks.kept.filter((mark) => mark.machine === machine),
  }));
  const ends = [scenario.startedAtMs + scenario.durationMs];
  for (const { powered } of lanes) for (const { untilMs } of powered) ends.push(untilMs);
  for (const { atMs } of marks.kept) ends.push(atMs);
  return {
    fromMs: scenario.startedAtMs,
    untilMs: ends.reduce((latest, end) => Math.max(latest, end), scenario.startedAtMs + 1),
    lanes: lanes.filter(({ stages, powered, marks }) => stages.length + powered.length + marks.length > 0),
    marks: marks.kept,
    omittedMarks: marks.omitted + page.material.omittedEvents,
  };
}

function stagesOf(
  steps: readonly StepRun[],
  consoles: readonly PageConsole[],
  depth = 0,
  outer = '',
): (Stage & { machine: string })[] {
  if (depth >= deepestStage) return [];
  return steps.flatMap((step) => {
    const machine = step.machine ?? outer;
    const seek = seekTo(consoles, step.startedAtMs, machine);
    // A step of another machine than the one around it begins that machine's own row.
    const ownDepth = machine === outer ? depth : 0;
    const stage = {
      machine,
      sentence: step.sentence,
      category: step.category,
      outcome: step.outcome ?? ('running' as const),
      fromMs: step.startedAtMs,
      untilMs: step.startedAtMs + step.durationMs,
      depth: ownDepth,
      ...(seek === undefined ? {} : { seek }),
    };
    return [stage, ...stagesOf(step.steps, consoles, ownDepth + 1, machine)];
  });
}
