import type { StepContext } from '../../step-kind.ts';
import { testLoopbacks } from './network-card-loopback.ts';
import { listNetworkCards } from './network-cards.ts';

export interface CardTestOptions {
  atLeast: number;
  loopback?: boolean;
}

export interface CardTests {
  /** In words; none when all is well. */
  faults: string[];
  /** How far each card was tested, `eth0 self-test, eth1 carrier only`; nothing where that was not wanted. */
  loopback?: string;
}

/** A copper link of 10 Gbit/s takes the longest to come up: 6 to 8 seconds. */
const carrierMs = 10_000;

/** Tests the network cards: how many there are, and, if wanted, whether each hears its other end and itself (spec R6). */
export async function testNetworkCards(
  { atLeast, loopback = false }: CardTestOptions,
  sysFolder: string,
  context: Pick<StepContext, 'signal' | 'runProgram' | 'log'>,
  waitMs = carrierMs,
): Promise<CardTests> {
  const cards = listNetworkCards(sysFolder).map(({ name }) => name);
  const found = cards.length === 0 ? 'no network card' : `only network card ${cards.join(', ')}`;
  const missing = cards.length < atLeast ? [`${found}, at least ${atLeast} expected`] : [];
  if (!loopback || cards.length === 0) return { faults: missing };
  const tests = await testLoopbacks(cards, sysFolder, context, waitMs);
  return {
    faults: [...missing, ...tests.flatMap(({ faults }) => faults)],
    loopback: tests.map(({ card, how }) => `${card} ${how}`).join(', '),
  };
}
