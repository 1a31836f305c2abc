import { errorMessage } from '../../foundation/index.ts';
import type { Bench } from '../bench.ts';
import { judge } from '../judge.ts';
import type { Scenario } from '../scenario.ts';
import { claims } from './claims.ts';
import { Drill } from './drill.ts';
import type { PlannedFault } from './fault-plan.ts';
import { RefusalWatch } from './refusal-watch.ts';
import { type RightfulEnd, rightfulEndText } from './rightful-end.ts';
import { waitUntilRefused } from './wait-until-refused.ts';
import { isMachineGone, waitUntilWell } from './wait-until-well.ts';

/**
 * Runs a scenario's body under faults, stops them, and waits until every machine that was hit is well (spec H4), or refuses to work
 * where that is the rightful end.
 *
 * @param wellWithinMs For each machine, before the time-out scale.
 * @throws what fails the scenario or the drill; DRILLS_MOMENT_NEVER_CAME, DRILLS_FAULT_WITHOUT_EFFECT, DRILLS_NO_SUBJECT where the
 * drill would say nothing; DRILLS_NOT_WELL; with `ends` DRILLS_WELL_INSTEAD, DRILLS_NOT_REFUSED.
 */
export async function runDrill(
  { body }: Pick<Scenario, 'body'>,
  plan: readonly PlannedFault[],
  bench: Bench,
  wellWithinMs: number,
  ends?: RightfulEnd,
): Promise<void> {
  const drill = new Drill(bench, plan);
  const refusals = ends && new RefusalWatch(ends.pattern, (subject) => drill.hasComeTo(subject));
  await drill.keepPlan(ends && rightfulEndText(ends));
  // Also where the scenario fails before its end.
  bench.defer('stop the faults', () => drill.stop());
  try {
    await body(refusals === undefined ? drill.bench : withWatch(drill.bench, refusals));
  } catch (error) {
    await drill.settled();
    if (drill.injectionError !== undefined) throw drill.injectionError;
    if (!isInterruption(error, drill)) throw error;
    bench.note(`the faults have interrupted the scenario: ${inOneLine(error)}`);
  }
  await underFurtherFaults(drill, bench, wellWithinMs, ends);
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
    if (ends !== undefined && refusals !== undefined) {
      await waitUntilRefused(subject, ends, refusals, bench, { withinMs: wellWithinMs });
      continue;
    }
    const durationMs = await waitUntilWell(subject, bench, `${name} is well again`, wellWithinMs);
    bench.recovered(name, durationMs);
  }
}

function withWatch(bench: Bench, refusals: RefusalWatch): Bench {
  return {
    ...bench,
    subject: (subject) => {
      refusals.offer(subject);
      bench.subject(subject);
    },
  };
}

/** Faults may be meant for the recovery from earlier ones: it is begun again until none is left to come. */
async function underFurtherFaults(
  drill: Drill,
  bench: Bench,
  wellWithinMs: number,
  ends: RightfulEnd | undefined,
): Promise<void> {
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
      // It refuses, as it should: the moment of what is left to come has not come, and that is what is said then.
      if (left === pending && ends !== undefined && codeOf(error) === 'DRILLS_NOT_WELL') return;
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

function codeOf(error: unknown): string | undefined {
  return (error as { code?: string }).code;
}

function inOneLine(error: unknown): string {
  const code = codeOf(error);
  const [line = ''] = errorMessage(error).split('\n');
  return code === undefined ? line : `${code}: ${line}`;
}
