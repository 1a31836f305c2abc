import type { ScriptStep } from './script.ts';
import type { StepOutcome } from './script-schema.ts';

/** A step that has ended, as far as later ones care. */
export interface EndedStep {
  outcome: StepOutcome;
  mayFail: boolean;
}

/** Whether a step runs, and why not. */
export type StepDecision = { runs: true } | { runs: false; reason: string };

/**
 * Decides by the steps that it waits for whether a step runs (spec R5). Pure.
 *
 * One that is named in `when` must have ended as is said there; one that is not must not have failed, unless it may. So
 * after a failure nothing goes on but what names it, or runs `always`.
 */
export function decideStep(
  step: Pick<ScriptStep, 'waitsFor' | 'when'>,
  ended: ReadonlyMap<string, EndedStep>,
): StepDecision {
  const { waitsFor, when } = step;
  if (when === 'always') return { runs: true };
  for (const name of waitsFor) {
    const { outcome, mayFail } = ended.get(name)!;
    const wanted = Object.hasOwn(when, name) ? when[name] : undefined;
    if (wanted === undefined) {
      if (outcome === 'failed' && !mayFail) return { runs: false, reason: `"${name}" failed` };
    } else if (!wanted.includes(outcome)) {
      const was = outcome === 'skipped' ? 'was skipped' : outcome;
      return { runs: false, reason: `"${name}" ${was}; wanted: ${wanted.join(' or ')}` };
    }
  }
  return { runs: true };
}
