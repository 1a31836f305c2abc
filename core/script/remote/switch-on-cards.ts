import { setTimeout as delay } from 'node:timers/promises';
import { scriptErrors } from '../errors.ts';
import type { StepContext } from '../step-kind.ts';
import { listNetworkCards, type NetworkCard } from '../steps/hardware/network-cards.ts';

const pollMs = 100;

/**
 * Switches every network card on, so that each has its own link-local address; other addresses stay as they are.
 *
 * @param wanted The name of the only card that is meant.
 * @param waitMs How long a card may take to appear after its driver was loaded.
 * @throws SCRIPT_NETWORK_NOT_STARTED when there is none.
 */
export async function switchOnCards(
  { sysFolder, wanted, waitMs = 5000 }: { sysFolder: string; wanted?: string | undefined; waitMs?: number },
  { runProgram, signal }: Pick<StepContext, 'runProgram' | 'signal'>,
): Promise<NetworkCard[]> {
  for (let waitedMs = 0; ; waitedMs += pollMs) {
    const cards = listNetworkCards(sysFolder).filter(({ name }) => wanted === undefined || name === wanted);
    if (cards.length > 0) {
      for (const { name } of cards) await runProgram('ip', ['link', 'set', name, 'up']);
      return cards;
    }
    if (waitedMs >= waitMs) {
      const expected = wanted === undefined ? 'a network card' : `the network card ${wanted}`;
      throw scriptErrors.SCRIPT_NETWORK_NOT_STARTED({
        tried: 'switch network cards on',
        expected,
        got: 'none',
      });
    }
    await delay(pollMs, undefined, { signal });
  }
}
