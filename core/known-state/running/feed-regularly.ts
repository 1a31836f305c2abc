import { setTimeout as pause } from 'node:timers/promises';
import type { Watchdog } from '../../boot-loader/watchdog.ts';
import type { ResolvedRedundantLayout } from '../redundant-layout.ts';

/** However long the watchdog waits: a program that hangs is to be noticed. */
const mostMs = 5000;

/**
 * Feeds the watchdog until `signal` is aborted; far more often than it waits. Whoever stops feeding is reset.
 *
 * @returns Never, while the watchdog is fed and wanted.
 * @throws CORE_WATCHDOG_FAILED
 */
export async function feedRegularly(
  watchdog: Watchdog,
  { watchdog: timer }: ResolvedRedundantLayout,
  signal: AbortSignal,
): Promise<undefined> {
  const everyMs = Math.min(mostMs, ((timer?.seconds ?? 30) * 1000) / 3);
  while (!signal.aborted) {
    watchdog.feed();
    await pause(everyMs, undefined, { signal }).catch(() => {});
  }
  return undefined;
}
