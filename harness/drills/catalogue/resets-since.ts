import { setTimeout as delay } from 'node:timers/promises';
import type { RunningMachine } from '../../../vm/index.ts';

const pollMs = 20;

/** Counts the resets from now on that came from the reset button; those of the guest itself are no proof. */
export function resetsSince(
  running: RunningMachine,
  signal: AbortSignal,
): { (): number; atLeast(count: number): Promise<void> } {
  const all = () =>
    running.qmpEvents.filter(({ event, data }) => event === 'RESET' && data.guest === false).length;
  const before = all();
  const since = () => all() - before;
  return Object.assign(since, {
    // Ends with the machine and with the drill, too: whoever asks then sees that there were too few.
    async atLeast(count: number): Promise<void> {
      while (running.isOn && !signal.aborted && since() < count) {
        await delay(pollMs, undefined, { signal }).catch(() => undefined);
      }
    },
  });
}
