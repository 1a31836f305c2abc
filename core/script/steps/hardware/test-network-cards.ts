import { setTimeout as delay } from 'node:timers/promises';
import type { StepContext } from '../../step-kind.ts';
import { failureWords } from '../failure-words.ts';
import { hasCarrier, isUp, listNetworkCards } from './network-cards.ts';

export interface CardTestOptions {
  atLeast: number;
  loopback?: boolean;
}

/** How long a card and its other end may take to agree on a speed. */
const carrierMs = 5000;

const pollMs = 100;

/**
 * Tests the network cards (spec R6). A true loopback is the card's own affair, and can only be asked for by an ioctl
 * (ETHTOOL_TEST) that neither Node nor busybox has; what is found out here is whether the card, switched on, hears its
 * other end. A card that was off is switched off again.
 *
 * @returns Each fault in words; none when all is well.
 */
export async function testNetworkCards(
  { atLeast, loopback = false }: CardTestOptions,
  sysFolder: string,
  context: Pick<StepContext, 'signal' | 'runProgram'>,
  waitMs = carrierMs,
): Promise<string[]> {
  const cards = listNetworkCards(sysFolder).map(({ name }) => name);
  const found = cards.length === 0 ? 'no network card' : `only network card ${cards.join(', ')}`;
  const missing = cards.length < atLeast ? [`${found}, at least ${atLeast} expected`] : [];
  if (!loopback) return missing;
  const faults = await Promise.all(cards.map((card) => testCarrier(card, sysFolder, context, waitMs)));
  return [...missing, ...faults.flatMap((fault) => fault ?? [])];
}

async function testCarrier(
  card: string,
  sysFolder: string,
  { signal, runProgram }: Pick<StepContext, 'signal' | 'runProgram'>,
  waitMs: number,
): Promise<string | undefined> {
  const wasUp = isUp(sysFolder, card);
  try {
    if (!wasUp) await runProgram('ip', ['link', 'set', card, 'up']);
    for (let waitedMs = 0; !hasCarrier(sysFolder, card); waitedMs += pollMs) {
      if (waitedMs >= waitMs)
        return `network card ${card}: no carrier: no cable, or nothing at its other end`;
      await delay(pollMs, undefined, { signal });
    }
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    return `network card ${card}: cannot be switched on: ${failureWords(error)}`;
  } finally {
    if (!wasUp && !signal.aborted) await runProgram('ip', ['link', 'set', card, 'down']).catch(() => {});
  }
}
