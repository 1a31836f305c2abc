import type { Run, ScenarioRun, StepRun } from '../../../reports/index.ts';
import type { ProofDrill } from '../../../reports/validation/proof-report.ts';
import { plannedFaultText } from '../../drills/fault-plan.ts';
import { asEvidence } from '../../inspection/file-systems/printable.ts';
import type { Finding } from '../../inspection/finding.ts';
import type { PlannedRecovery } from './recovery-plan.ts';
import type { RecoveryDrill } from './recovery-scenarios.ts';

/** What the claims of recovery came to. */
export interface RecoveryResults {
  drills: ProofDrill[];
  findings: Finding[];
}

/** Reads from a run what came of its drills, in the order of the claims. Pure. */
export function recoveryResults(
  planned: readonly RecoveryDrill[],
  run: Pick<Run, 'scenarios'>,
): RecoveryResults {
  const results = planned.map(({ plan, scenario }) => {
    const ran = run.scenarios.find(({ name, isFinal }) => isFinal && name === scenario.name);
    return resultOf(plan, scenario.name, ran);
  });
  const isClaimed = planned.some(({ plan }) => plan.number > 0);
  return {
    drills: results.map(({ drill }) => drill),
    findings: [
      ...results.flatMap(({ finding }) => finding ?? []),
      ...(isClaimed ? [] : [noneClaimed(planned)]),
    ],
  };
}

function resultOf(
  plan: PlannedRecovery,
  name: string,
  ran: ScenarioRun | undefined,
): { drill: ProofDrill; finding?: Finding } {
  const damage = plan.faults.map(plannedFaultText);
  const outcome = outcomeOf(ran);
  if (outcome === 'passed') return { drill: { name, damage, outcome, ...recoveryOf(plan, ran) } };
  const failure = asEvidence(failureOf(ran));
  return {
    drill: { name, damage, outcome, ...recoveryOf(plan, ran), failure },
    finding: {
      kind: kindOf(plan, outcome, ran),
      where: plan.number === 0 ? 'a power cut in the field' : `recovery, claim ${plan.number}`,
      evidence: asEvidence(`${damage.join(' and ')}: ${failure}`),
    },
  };
}

function outcomeOf(ran: ScenarioRun | undefined): ProofDrill['outcome'] {
  const outcome = ran?.outcome;
  return outcome === undefined || outcome === 'skipped' ? 'not-run' : outcome;
}

/** None where it was not ready again. */
function recoveryOf(
  { faults }: PlannedRecovery,
  ran: ScenarioRun | undefined,
): Pick<ProofDrill, 'recoveryMs'> {
  const stoppedMs = ran?.drill?.recoveryMs;
  if (stoppedMs === undefined) return {};
  const isOver = faults.every(({ declaration: { when, layer } }) => when === 'off' || layer === 'power');
  return { recoveryMs: Math.round((isOver ? sinceDamageMs(ran!) : undefined) ?? stoppedMs) };
}

/** Damage that is over when it is done: from then on, and not from when the scenario has ended, which waits for the recovery itself. */
function sinceDamageMs(ran: ScenarioRun): number | undefined {
  const damagedAtMs = Math.max(...ran.faults.map(({ atMs }) => atMs));
  const ends = stepsIn(ran.steps)
    .filter(({ category, outcome }) => category === 'boot' && outcome === 'passed')
    .map(({ startedAtMs, durationMs }) => startedAtMs + durationMs)
    .filter((endMs) => endMs >= damagedAtMs);
  return ends.length === 0 ? undefined : Math.min(...ends) - damagedAtMs;
}

function stepsIn(steps: readonly StepRun[]): StepRun[] {
  return steps.flatMap((step) => [step, ...stepsIn(step.steps)]);
}

function failureOf(ran: ScenarioRun | undefined): string {
  if (ran === undefined) return 'the run was over before it began';
  const { error, reason = 'it came to no end' } = ran;
  if (error === undefined) return reason;
  const { got = error.message, expected } = error.facts ?? {};
  return `${error.code}: ${expected === undefined ? '' : `expected ${expected}, got `}${got}`;
}

/** A clone that was not ready before anything was done to it has failed, and not by the damage. */
function kindOf(
  { number, ends }: PlannedRecovery,
  outcome: ProofDrill['outcome'],
  ran: ScenarioRun | undefined,
): string {
  if (outcome !== 'failed' || ran!.faults.length === 0) return 'drill-inconclusive';
  const code = ran!.error?.code;
  if (code === 'VALIDATION_RECOVERY_NOT_SHOWN') return 'recovery-not-shown';
  if (number === 0) return 'power-cut-not-survived';
  return ends === undefined ? 'recovery-fails' : 'refuses-not';
}

function noneClaimed(planned: readonly RecoveryDrill[]): Finding {
  const evidence = planned.length === 0 ? 'nothing was tried' : 'a power cut was tried, and nothing else';
  return { kind: 'no-recovery-claimed', where: '`recovery` of the profile', evidence };
}
