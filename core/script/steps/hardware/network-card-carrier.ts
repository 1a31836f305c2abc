import { setTimeout as delay } from 'node:timers/promises';
import type { StepContext } from '../../step-kind.ts';
import { hasCarrier } from './network-cards.ts';

const pollMs = 100;

/** Waits for a card that is on to hear its other end. @returns the fault in words when it does not in time. */
export async function testCarrier(
  card: string,
  sysFolder: string,
  { signal }: Pick<StepContext, 'signal'>,
  waitMs: number,
): Promise<string | undefined> {
  for (let waitedMs = 0; !hasCarrier(sysFolder, card); waitedMs += pollMs) {
    if (waitedMs >= waitMs) return `network card ${card}: no carrier: no cable, or nothing at its other end`;
    await delay(pollMs, undefined, { signal });
  }
  return undefined;
}
