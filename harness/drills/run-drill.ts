import { errorMessage } from '../../foundation/index.ts';
import type { Bench } from '../bench.ts';
import { judge } from '../judge.ts';
import type { Scenario } from '../scenario.ts';
import { Drill } from './drill.ts';
import type { PlannedFault } from './fault-plan.ts';
import { isMachineGone, waitUntilWell } from './wait-until-well.ts';

/** What the scenario claims; a fault does not make a false claim true. */
const claims = ['HARNESS_CHECK_FAILED', 'HARNESS_ASSERTION_FAILED', 'HARNESS_READY_UNTRUE'];

/**
 * Runs a scenario's body under faults, stops them, and waits until every machine that was hit is well (spec H4).
 *
 * @param wellWithinMs For each machine, before the time-out scale.
 * @throws what fails the scenario or the drill; DRILLS_MOMENT_NEVER_CAME, DRILLS_FAULT_WITHOUT_EFFECT, DRILLS_NO_SUBJECT where the
 * drill would say nothing; DRILLS_NOT_WELL.
 */
export async function runDrill(
  { body }: Pick<Scenario, 'body'>,
  plan: readonly PlannedFault[],
  bench: Bench,
  wellWithinMs: number,
): Promise<void> {
  const drill = new Drill(bench, plan);
  await drill.keepPlan();
  // Also where the scenario fails before its end.
  bench.defer('stop the faults', () => drill.stop());
  try {
    await body(drill.bench);
  } catch (error) {
    await drill.settled();
    if (drill.injectionError !== undefined) throw drill.injectionError;
    if (!isInterruption(error, drill)) throw error;
    bench.note(`the faults have interrupted the scenario: ${inOneLine(error)}`);
  }
  await underFurtherFaults(drill, bench, wellWithinMs);
  await bench.step(
    'the faults are stopped, and have happened',
    async () => {
      await drill.stop();
      drill.assertHappened();
    },
    { category: 'fault' },
  );
  for (const subject of drill.hitSubjects) {
    const { name } = subject.machine;
    const durationMs = await waitUntilWell(subject, bench, `${name} is well again`, wellWithinMs);
    bench.recovered(name, durationMs);
  }
}

/** Faults may be meant for the recovery from earlier ones: it is begun again until none is left to come. */
async function underFurtherFaults(drill: Drill, bench: Bench, wellWithinMs: number): Promise<void> {
  for (let pending = drill.pendingCount; pending > 0 && drill.hasBegun; ) {
    try {
      for (const subject of drill.hitSubjects) {
        await waitUntilWell(
          subject,
          bench,
          `${subject.machine.name} recovers, with faults to come`,
          wellWithinMs,
        );
      }
      return;
    } catch (error) {
      await drill.settled();
      const left = drill.pendingCount;
      // Where no fault has come meanwhile, it failed by itself.
      if (left === pending || !isInterruption(error, drill)) throw drill.injectionError ?? error;
      bench.note(`a further fault has interrupted the recovery: ${inOneLine(error)}`);
      pending = left;
    }
  }
}

/** What a fault interrupts: waits on a machine that was taken away, or that does not do what it would have done. */
function isInterruption(error: unknown, drill: Drill): boolean {
  if (!drill.hasBegun) return false;
  const { outcome, error: judged } = judge(error);
  if (outcome === 'skipped' || judged === undefined || claims.includes(judged.code)) return false;
  return judged.blame === 'product' || drill.isNoticedAs(judged.code) || isMachineGone(judged);
}

function inOneLine(error: unknown): string {
  const { code } = error as { code?: string };
  const [line = ''] = errorMessage(error).split('\n');
  return code === undefined ? line : `${code}: ${line}`;
}
