import t from 'tap';
import {
  type CampaignFacts,
  describeError,
  type NewEvent,
  RunFold,
  runEventSchema,
} from '../../../reports/index.ts';
import { harnessErrors } from '../../errors.ts';
import { unfinishedDrills } from './unfinished-drills.ts';

const campaign: CampaignFacts = { matrix: 'm.yaml', planDigest: 'abc', drills: 7, leftOut: 0 };

/** A run of this campaign that has selected `a` to `f`, and whose runner ended after these events. */
function runOf(events: NewEvent[], facts: CampaignFacts | undefined = campaign) {
  const fold = new RunFold(
    runEventSchema.parse({
      ...{ kind: 'run-started', schemaVersion: 1, atMs: 0, runId: 'r', startedAt: '2026-11-21T12:00:00Z' },
      ...{ argv: [], seed: 'seven', timeoutScale: 1, host: { cores: 1, memoryBytes: 1 } },
      ...{ selected: ['a', 'b', 'c', 'd', 'e', 'f'], campaign: facts },
    }),
  );
  for (const event of events) fold.apply(runEventSchema.parse({ atMs: 1, ...event }));
  fold.finish();
  return fold.run;
}

const begun = (name: string): NewEvent => ({
  kind: 'scenario-started',
  scenarioId: name,
  name,
  file: 'x.ts',
});

t.test('unfinished is what never began, and what the end of the runner cut off', async (t) => {
  const interrupted = describeError(harnessErrors.HARNESS_INTERRUPTED({ tried: 'finish' }));
  const broken = describeError(harnessErrors.HARNESS_SCENARIO_HUNG({ tried: 'run' }));
  const run = runOf([
    ...[begun('a'), { kind: 'scenario-ended', scenarioId: 'a', outcome: 'passed' } as const],
    ...[begun('b'), { kind: 'scenario-ended', scenarioId: 'b', outcome: 'errored', error: broken } as const],
    ...[
      begun('c'),
      { kind: 'scenario-ended', scenarioId: 'c', outcome: 'errored', error: interrupted } as const,
    ],
    ...[
      begun('d'),
      { kind: 'scenario-ended', scenarioId: 'd', outcome: 'skipped', neverStarted: true } as const,
    ],
    begun('e'),
  ]);
  t.strictSame([...unfinishedDrills(run, campaign)], ['c', 'd', 'e', 'f'], 'errored by itself is an outcome');
});

t.test('a run of another matrix or seed is refused', async (t) => {
  t.throws(() => unfinishedDrills(runOf([]), { ...campaign, planDigest: 'xyz' }), {
    code: 'DRILLS_RESUME_OTHER',
    message: /plan xyz.*plan abc, seed seven/s,
  });
  const plain = runOf([]);
  delete plain.campaign;
  t.throws(() => unfinishedDrills(plain, campaign), { message: /no campaign/ });
});
