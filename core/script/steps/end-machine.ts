import { durably, writeFileDurably } from '../../../foundation/index.ts';
import type { StepContext } from '../step-kind.ts';

/** Where init's end looks for what it need not wait for. */
const wordPath = '/run/how-it-ends';

/**
 * Restarts the machine or switches it off in good order (spec R8): what was written is on the disks, init ends the
 * programs and unmounts. Never returns; it throws when the program of init refuses, and when the signal is aborted because
 * the machine has not ended by then.
 */
export async function endMachine(
  how: 'restart' | 'shut-down',
  { runProgram, signal }: Pick<StepContext, 'runProgram' | 'signal'>,
  path = wordPath,
): Promise<never> {
  const program = how === 'restart' ? 'reboot' : 'poweroff';
  await durably('end-machine.sync', () => runProgram('sync', []));
  await writeFileDurably(path, `${program}\n`);
  await runProgram(program, []);
  return await untilAborted(signal);
}

async function untilAborted(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  // With nothing else to do, Node would end, and the session with it, while init is still at work.
  const timer = setInterval(() => {}, 60_000);
  const end = () => reject(signal.reason);
  if (signal.aborted) end();
  signal.addEventListener('abort', end, { once: true });
  try {
    return await promise;
  } finally {
    clearInterval(timer);
  }
}
