import t from 'tap';
import type { ScenarioRun } from '../../../reports/index.ts';
import { parsePlannedFault } from '../../drills/fault-plan.ts';
import { parseRightfulEnd } from '../../drills/rightful-end.ts';
import { longestEvidence } from '../../inspection/finding.ts';
import { recoveryFindingKinds } from './recovery-finding-kinds.ts';
import type { PlannedRecovery } from './recovery-plan.ts';
import { recoveryResults } from './recovery-results.ts';
import type { RecoveryDrill } from './recovery-scenarios.ts';

function drillOf(plan: Partial<PlannedRecovery> = {}): RecoveryDrill {
  const faults = [parsePlannedFault('bits-flipped partition=root')];
  return {
    plan: { number: 2, faults, withinMs: 1000, ...plan },
    scenario: { name: 'the-drill' } as RecoveryDrill['scenario'],
  };
}

/** A drill as it is in a run: its fault came after three seconds. */
function ran(rest: object): ScenarioRun {
  const faults = [{ atMs: 3_000, what: 'flipped', proof: 'seen' }];
  return { name: 'the-drill', isFinal: true, faults, steps: [], ...rest } as unknown as ScenarioRun;
}

const failed = (code: string, rest: object = {}) =>
  ran({ outcome: 'failed', error: { code, message: 'it is', facts: { got: 'this' } }, ...rest });

function kindOf(run: ScenarioRun | undefined, plan: Partial<PlannedRecovery> = {}): string | undefined {
  const { findings } = recoveryResults([drillOf(plan)], { scenarios: run === undefined ? [] : [run] });
  const known = recoveryFindingKinds.map(({ id }) => id);
  for (const { kind } of findings) t.ok(known.includes(kind), kind);
  return findings.find(({ kind }) => kind !== 'no-recovery-claimed')?.kind;
}

t.test('what came of a drill is a finding of its claim, or none', async (t) => {
  const ends = parseRightfulEnd('refused:/no/');
  t.equal(kindOf(ran({ outcome: 'passed' })), undefined);
  t.equal(kindOf(failed('DRILLS_NOT_WELL')), 'recovery-fails');
  t.equal(kindOf(failed('DRILLS_NOT_WELL'), { number: 0 }), 'power-cut-not-survived');
  t.equal(kindOf(failed('VALIDATION_RECOVERY_NOT_SHOWN')), 'recovery-not-shown');
  t.equal(kindOf(failed('DRILLS_WELL_INSTEAD'), { ends }), 'refuses-not');
  t.equal(kindOf(failed('DRILLS_NOT_REFUSED'), { ends }), 'refuses-not');
  t.equal(kindOf(failed('VALIDATION_NOT_READY', { faults: [] })), 'drill-inconclusive', 'nothing was done');
  t.equal(kindOf(ran({ outcome: 'errored', error: { code: 'X', message: 'm' } })), 'drill-inconclusive');
  t.equal(kindOf(ran({ outcome: 'skipped', reason: 'the run was over' })), 'drill-inconclusive');
  t.equal(kindOf(undefined), 'drill-inconclusive');
});

t.test('a later attempt decides', async (t) => {
  const first = { ...failed('DRILLS_NOT_WELL'), isFinal: false };
  const { drills, findings } = recoveryResults([drillOf()], {
    scenarios: [first, ran({ outcome: 'passed' })],
  });
  t.match(drills, [{ outcome: 'passed' }]);
  t.same(findings, []);
});

t.test('the report has the faults, the outcome, and why in one line', async (t) => {
  const run = failed('DRILLS_NOT_WELL', {
    error: { code: 'DRILLS_NOT_WELL', message: 'm', facts: { got: `\x1b[31mline\n${'x'.repeat(5000)}` } },
  });
  const { drills, findings } = recoveryResults([drillOf()], { scenarios: [run] });
  t.match(drills, [
    { name: 'the-drill', damage: ['bits-flipped partition=root at power-on:2'], outcome: 'failed' },
  ]);
  t.match(drills[0]!.failure, /^DRILLS_NOT_WELL: \\x1b\[31mline; x+…$/);
  t.match(findings, [{ where: 'recovery, claim 2', evidence: /^bits-flipped partition=root .*…$/ }]);
  t.equal(findings[0]!.evidence.length, longestEvidence);
  t.match(recoveryResults([drillOf()], { scenarios: [] }).drills, [{ outcome: 'not-run', failure: String }]);
});

t.test('recovery is timed from the damage, or from when the fault was ended', async (t) => {
  const boot = { category: 'boot', outcome: 'passed', startedAtMs: 1_000, durationMs: 500, steps: [] };
  const inside = { ...boot, startedAtMs: 3_500, durationMs: 4_500 };
  const later = { ...boot, startedAtMs: 9_000 };
  const steps = [boot, { ...boot, category: 'wait', durationMs: 2_100, steps: [inside] }, later];
  const run = ran({ outcome: 'passed', drill: { recoveryMs: 12.4 }, steps });
  const msOf = (plan: Partial<PlannedRecovery>, scenario = run) =>
    recoveryResults([drillOf(plan)], { scenarios: [scenario] }).drills[0]!.recoveryMs;
  t.equal(msOf({}), 5_000, 'to the end of the next start that came to ready');
  t.equal(msOf({ faults: [parsePlannedFault('link-lost at time:1s')] }), 12, 'it went on until it was ended');
  t.equal(msOf({}, ran({ outcome: 'passed', drill: {}, steps })), undefined, 'it has refused');
});

t.test('without claims, it is said that there were none', async (t) => {
  const { findings } = recoveryResults([drillOf({ number: 0 })], { scenarios: [ran({ outcome: 'passed' })] });
  t.match(findings, [{ kind: 'no-recovery-claimed', evidence: 'a power cut was tried, and nothing else' }]);
  t.match(recoveryResults([], { scenarios: [] }), {
    drills: [],
    findings: [{ kind: 'no-recovery-claimed', evidence: 'nothing was tried' }],
  });
});
