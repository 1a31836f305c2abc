import { AssayError, Deadline, errorMessage } from '../../foundation/index.ts';
import type { Bench } from '../bench.ts';
import type { DrillSubject } from './drill-subject.ts';
import { drillsErrors } from './errors.ts';

/** What whoever waits for a machine gets when it is gone. */
const machineGone = [
  'VM_MACHINE_OFF',
  'VM_SERVICE_UNREACHABLE',
  'HARNESS_APPLIANCE_OFF',
  'HARNESS_APPLIANCE_ANSWER',
];

/** Whether an error says that a machine is not there any more, whoever took it away. */
export function isMachineGone(error: unknown): boolean {
  return error instanceof AssayError && machineGone.includes(error.code);
}

/**
 * Waits until a machine is well, and measures how long that takes: milliseconds, which it returns.
 *
 * @param withinMs Before the time-out scale.
 * @throws DRILLS_NOT_WELL where the machine is to blame, else what went wrong.
 */
export async function waitUntilWell(
  subject: DrillSubject,
  bench: Bench,
  sentence: string,
  withinMs: number,
): Promise<number> {
  const { name } = subject.machine;
  const limitMs = withinMs * bench.timeoutScale;
  const tried = `wait until machine ${name} is well`;
  const late = () => drillsErrors.DRILLS_NOT_WELL({ tried, expected: `that within ${limitMs / 1000} s` });
  const over = new AbortController();
  const signal = AbortSignal.any([bench.signal, over.signal]);
  const startMs = performance.now();
  const wait = async () => {
    try {
      await Deadline.after(limitMs).race(subject.becomesWell(signal), tried, late);
    } catch (error) {
      throw asNotWell(error, tried);
    } finally {
      over.abort();
    }
  };
  await bench.step(sentence, wait, { category: 'boot', machine: name });
  const durationMs = performance.now() - startMs;
  bench.measure(`${sentence} after`, durationMs / 1000, 's');
  return durationMs;
}

function asNotWell(error: unknown, tried: string): unknown {
  if (!(error instanceof AssayError) || error.code === 'DRILLS_NOT_WELL') return error;
  // Nobody but the machine itself takes it away now.
  if (error.blame !== 'product' && !isMachineGone(error)) return error;
  return drillsErrors.DRILLS_NOT_WELL({ tried, got: errorMessage(error) }, error);
}
