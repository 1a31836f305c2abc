import type { Outcome, ScenarioRun } from '../../reports/index.ts';
import type { CandidateVerdict } from './fewest-that-fail.ts';

/** The failure that is looked for: of the product, and by this code where one is given. */
export interface WantedFailure {
  code?: string | undefined;
}

/** One run of a candidate. */
export interface AttemptVerdict {
  scenarioId: string;
  verdict: CandidateVerdict;
  outcome: Outcome;
  code?: string;
}

/** A part of a plan, and what came of it: it fails when one run does, and passes when all do. */
export interface CandidateResult {
  faults: string[];
  verdict: CandidateVerdict;
  attempts: AttemptVerdict[];
}

/**
 * Only a failure of the product that is the wanted one fails. Another failure, an error of harness or host, a moment that never came
 * since the fault that led there is gone: all that is not resolved.
 */
export function resultOf(
  { scenarioId, outcome = 'errored', error }: ScenarioRun,
  wanted: WantedFailure,
): AttemptVerdict {
  const code = error?.code;
  const isWanted = wanted.code === undefined || wanted.code === code;
  const verdict = outcome === 'passed' ? 'passes' : outcome === 'failed' && isWanted ? 'fails' : 'unresolved';
  return { scenarioId, verdict, outcome, ...(code === undefined ? {} : { code }) };
}
