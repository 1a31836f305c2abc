import type { CandidateResult } from './candidate-result.ts';
import type { ShrunkDrill } from './shrink-drill.ts';

/** What shrinking a drill has come to, as people read it: lines, the command last. */
export function shrunkText(shrunk: ShrunkDrill): string {
  const { drill, code, faults, fewest, command, candidates, runs } = shrunk;
  const failure = code === undefined ? 'a failure of the product' : code;
  const some =
    fewest.length === 0
      ? `${drill} fails without any of its ${faults.length} faults, too (${failure})`
      : fewest.length === faults.length
        ? `${drill} needs all of its ${faults.length} faults to fail (${failure})`
        : `${drill} fails by ${fewest.length} of its ${faults.length} faults (${failure})`;
  const unresolved = candidates.filter(({ verdict }) => verdict === 'unresolved');
  return [
    `${isWhole(shrunk) ? some : `as far as it was shrunk, ${some}`}${fewest.length === 0 ? '' : ':'}`,
    ...fewest.map((text) => `  ${text}`),
    `${runs === 1 ? '1 run' : `${runs} runs`} of ${counted(candidates.length)}; ${howSure(shrunk)}`,
    ...(unresolved.length === 0
      ? []
      : [`not resolved, and taken for no failure: ${counted(unresolved.length)}`]),
    ...unresolved.map((candidate) => `  ${candidate.faults.join(' and ')}: ${whyUnresolved(candidate)}`),
    `again: ${command}`,
  ].join('\n');
}

const lastRuns: Record<CandidateResult['verdict'], string> = {
  fails: 'it failed in a last run, too',
  passes: 'in a last run it did NOT fail: the failure is flaky, and --repeat tries each candidate more often',
  unresolved: 'a last run came to no verdict',
};

function isWhole({ end }: ShrunkDrill): boolean {
  return end === 'minimal';
}

function howSure({ end, lastRun, fewest }: ShrunkDrill): string {
  if (end === 'interrupted') return 'interrupted, so fewer may do';
  if (end === 'budget-over') return 'the time budget was over, so fewer may do';
  const last = lastRun === undefined ? 'there was no time for a last run' : lastRuns[lastRun];
  return fewest.length <= 1 ? last : `without any one of them it did not fail; ${last}`;
}

function whyUnresolved({ attempts }: CandidateResult): string {
  const odd = attempts.filter(({ verdict }) => verdict === 'unresolved');
  return [
    ...new Set(odd.map(({ outcome, code }) => (code === undefined ? outcome : `${outcome}, ${code}`))),
  ].join('; ');
}

function counted(count: number): string {
  return count === 1 ? '1 candidate' : `${count} candidates`;
}
