import type { RunningMachine } from '../../../vm/index.ts';
import type { FaultTarget } from '../fault-declaration.ts';

/** Takes back what was done to a running machine. */
export type Undo = () => Promise<void>;

/**
 * Does something to a machine as long as a fault goes on: at once where it is on, and at every power-on, before the first
 * instruction; what QEMU is told ends with it.
 *
 * @returns what ends it.
 */
export async function whileOn(
  { machine, running }: FaultTarget,
  begin: (running: RunningMachine) => Promise<Undo>,
): Promise<Undo> {
  const begun = new Map<RunningMachine, Promise<Undo>>();
  let isOver = false;
  const beginOnce = async (on: RunningMachine) => {
    if (isOver || begun.has(on)) return;
    const beginning = begin(on);
    begun.set(on, beginning);
    await beginning;
  };
  machine.accompany({ beforeFirstInstruction: beginOnce });
  if (running !== undefined) await beginOnce(running);
  return async () => {
    isOver = true;
    for (const [on, beginning] of begun) {
      begun.delete(on);
      if (!on.isOn) continue;
      try {
        await (await beginning)();
      } catch (error) {
        // One that goes off meanwhile takes it along.
        if (on.isOn) throw error;
      }
    }
  };
}

/** Ends something when the time is over, at the latest when the drill is. @returns what ends it before. */
export function endAfter(seconds: number | undefined, end: Undo, signal: AbortSignal): Undo {
  if (seconds === undefined) return end;
  let ended: Promise<void> | undefined;
  const endOnce = () => {
    ended ??= end();
    return ended;
  };
  // What goes wrong then is told to whoever stops the fault.
  const timer = setTimeout(() => void endOnce().catch(() => undefined), seconds * 1000).unref();
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  return async () => {
    clearTimeout(timer);
    await endOnce();
  };
}
