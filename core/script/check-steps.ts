import { closest } from 'fastest-levenshtein';
import type { WrittenStep } from './script-schema.ts';
import { type Waits, waitOrder } from './wait-order.ts';

/** A step of a script that may still be wrong: without `written` it does not follow the schema, which was said already. */
export interface DraftStep {
  /** Empty when the text has none. */
  name: string;
  written?: WrittenStep;
}

export interface StepProblem {
  /** From the step on: `['when', 'network']`. */
  path: readonly PropertyKey[];
  index: number;
  text: string;
}

/** What a schema cannot say about the steps of one script: names, and what they say of each other. Pure. */
export function checkSteps(steps: readonly DraftStep[]): StepProblem[] {
  const names = steps.map(({ name }) => name);
  const orders = waitOrder(steps.map(({ name, written }) => ({ name, waits: knownWaits(written, names) })));
  return steps.flatMap(({ name, written }, index) => {
    const problems: Omit<StepProblem, 'index'>[] = [];
    const first = names.indexOf(name);
    if (name !== '' && first < index) {
      problems.push({ path: ['name'], text: `"${name}" is the name of step ${first + 1} already` });
    }
    for (const [number, waited] of namesIn(written?.waits).entries()) {
      const text = notEarlier(waited, names, index);
      if (text !== undefined) problems.push({ path: ['waits', number], text: `waits: ${text}` });
    }
    for (const condition of Object.keys(written?.when === 'always' ? {} : (written?.when ?? {}))) {
      const text = notEarlier(condition, names, index) ?? notWaitedFor(condition, orders[index]!);
      if (text !== undefined) problems.push({ path: ['when', condition], text: `when: ${text}` });
    }
    return problems.map((problem) => ({ ...problem, index }));
  });
}

/** A wrong name among the waits must not make every condition of the step wrong, too. */
function knownWaits(written: WrittenStep | undefined, names: readonly string[]): Waits {
  const waits = written?.waits ?? true;
  return namesIn(waits).every((name) => names.includes(name)) ? waits : true;
}

function namesIn(waits: Waits | undefined): readonly string[] {
  return typeof waits === 'object' ? waits : [];
}

function notEarlier(name: string, names: readonly string[], index: number): string | undefined {
  const place = names.indexOf(name);
  if (place !== -1 && place < index) return undefined;
  if (place === index) return `"${name}" is this step itself`;
  if (place !== -1) return `"${name}" comes later: only earlier steps can be named`;
  const earlier = names.slice(0, index).filter((other) => other !== '');
  if (earlier.length === 0) return `there is no step "${name}" before this one`;
  return `there is no step "${name}", did you mean "${closest(name, earlier)}"?`;
}

function notWaitedFor(name: string, order: readonly string[]): string | undefined {
  if (order.includes(name)) return undefined;
  return `this step does not wait for "${name}", which may still be running then: name it in waits`;
}
