import type { Outcome, Run, ScenarioRun } from '../../reports/index.ts';

/** How an attempt ended. */
export interface Ending {
  scenarioId: string;
  outcome: Outcome;
  code?: string;
}

/** What came of an attempt that was run again. */
export interface OutcomeAgain {
  /** The scenario's name. */
  name: string;
  before: Ending;
  /** One for each time that it was run again; none where the run was interrupted before. */
  again: Ending[];
  /** In at least one of them the outcome and the error's code are those of then. */
  reproduced: boolean;
}

/** Compares an attempt with what came when it was run again, as the scenario `nameNow` of the run `now`. */
export function outcomeAgain(then: ScenarioRun, now: Run, nameNow: string): OutcomeAgain {
  const before = endingOf(then);
  const again = now.scenarios
    .filter(({ name, neverStarted }) => name === nameNow && neverStarted !== true)
    .map(endingOf);
  const reproduced = again.some((ending) => isSame(ending, before));
  return { name: then.name, before, again, reproduced };
}

/** `it-fails: reproduced: failed, HARNESS_CHECK_FAILED`. */
export function outcomeAgainSentence({ before, again, reproduced }: OutcomeAgain): string {
  const id = before.scenarioId;
  if (again.length === 0) return `${id}: not run again`;
  const same = again.filter((ending) => isSame(ending, before)).length;
  const others = [...new Set(again.filter((ending) => !isSame(ending, before)).map(endingText))].join('; ');
  if (!reproduced) return `${id}: not reproduced: then ${endingText(before)}, now ${others}`;
  if (same === again.length)
    return `${id}: reproduced: ${endingText(before)}${again.length === 1 ? '' : `, ${same} times`}`;
  return `${id}: reproduced in ${same} of ${again.length}: ${endingText(before)}; else ${others}`;
}

function endingOf({ scenarioId, outcome = 'errored', error }: ScenarioRun): Ending {
  return { scenarioId, outcome, ...(error === undefined ? {} : { code: error.code }) };
}

function isSame(one: Ending, other: Ending): boolean {
  return one.outcome === other.outcome && one.code === other.code;
}

function endingText({ outcome, code }: Ending): string {
  return code === undefined ? outcome : `${outcome}, ${code}`;
}
