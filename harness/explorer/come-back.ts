import { AssayError, errorMessage } from '../../foundation/index.ts';
import type { RunningMachine } from '../../vm/index.ts';
import type { Bench } from '../bench.ts';
import type { DrillSubject } from '../drills/drill-subject.ts';
import { waitUntilWell } from '../drills/wait-until-well.ts';

/** What a machine makes of a state: null when it is back, else why not. */
export type BootResult = string | null;

/** How long, and how it is called. */
interface ComeBackOptions {
  /** For the report. */
  sentence: string;
  /** It has to be back within this, before the time-out scale. */
  withinMs: number;
  /** Whose console says more about why not. */
  running: () => RunningMachine | undefined;
}

/** Waits until a machine is back. @throws what went wrong where the product is not to blame. */
export async function comeBack(
  subject: DrillSubject,
  bench: Bench,
  { sentence, withinMs, running }: ComeBackOptions,
): Promise<BootResult> {
  try {
    await waitUntilWell(subject, bench, sentence, withinMs);
    return null;
  } catch (error) {
    bench.signal.throwIfAborted();
    if (!(error instanceof AssayError) || error.blame !== 'product') throw error;
    const said = running()?.console.tail(3).join(' | ') ?? '';
    return `${reasonOf(error)}; its console ended with: ${said}`;
  }
}

/** The innermost says what was seen. */
function reasonOf(error: AssayError): string {
  const { cause, code } = error;
  const seen = cause instanceof AssayError ? cause : error;
  const [line = ''] = errorMessage(seen).split('\n');
  return `${seen.code ?? code}: ${line}`;
}
