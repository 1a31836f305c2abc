import type { StepContext } from '../../step-kind.ts';
import { failureWords } from '../failure-words.ts';
import { testCarrier } from './network-card-carrier.ts';
import { isLoopback, runSelfTest, type SubTest } from './network-card-self-test.ts';
import { isUp } from './network-cards.ts';

export interface LoopbackTest {
  card: string;
  /** How far it could be tested. */
  how: 'self-test' | 'carrier only' | 'not at all';
  /** In words; none when all is well. */
  faults: string[];
}

type CardContext = Pick<StepContext, 'signal' | 'runProgram' | 'log'>;

/**
 * Tests whether each card, switched on, hears its other end, and whether it receives what it sends to itself, where its
 * driver can find that out (spec R6). A card that was off is switched off again; one that was on is back on its network.
 *
 * @param waitMs How long a card and its other end may take to agree on a speed.
 */
export async function testLoopbacks(
  cards: readonly string[],
  sysFolder: string,
  context: CardContext,
  waitMs: number,
): Promise<LoopbackTest[]> {
  const off = cards.filter((card) => !isUp(sysFolder, card));
  try {
    const isOff = (card: string) => off.includes(card);
    const tests = await Promise.all(
      cards.map((card) => testLink(card, isOff(card), sysFolder, context, waitMs)),
    );
    // One after the other: while the kernel tests a card, whoever asks for the state of another one has to wait.
    const connected = tests.filter(({ faults }) => faults.length === 0);
    for (const test of tests) if (test.how !== 'not at all') await testByItself(test, context);
    await Promise.all(
      connected
        .filter(({ card }) => !isOff(card))
        .map((test) => testReturn(test, sysFolder, context, waitMs)),
    );
    return tests;
  } finally {
    if (!context.signal.aborted) await switchOff(off, context);
  }
}

async function testLink(
  card: string,
  isOff: boolean,
  sysFolder: string,
  context: CardContext,
  waitMs: number,
): Promise<LoopbackTest> {
  try {
    if (isOff) await context.runProgram('ip', ['link', 'set', card, 'up']);
  } catch (error) {
    context.signal.throwIfAborted();
    const fault = `network card ${card}: cannot be switched on: ${failureWords(error)}`;
    return { card, how: 'not at all', faults: [fault] };
  }
  const fault = await testCarrier(card, sysFolder, context, waitMs);
  return { card, how: 'carrier only', faults: fault === undefined ? [] : [fault] };
}

/** Only the loopback decides: what else a self-test looks at, such as the link, may well be as it should. */
async function testByItself(test: LoopbackTest, context: CardContext): Promise<void> {
  const name = `network card ${test.card}`;
  const selfTest = await runSelfTest(test.card, context);
  if ('reason' in selfTest) {
    context.log(`${name}: carrier only, for ${selfTest.reason}`);
    return;
  }
  test.how = 'self-test';
  const failed = selfTest.subTests.filter(({ result }) => result !== 0);
  const faults = failed.filter(isLoopback);
  const others = failed.filter((subTest) => !isLoopback(subTest));
  test.faults.push(...faults.map((subTest) => `${name}: its self-test fails: ${inWords(subTest)}`));
  context.log(`${name}: self-test, loopback ${faults.length === 0 ? 'good' : 'fails'}`);
  if (others.length > 0)
    context.log(
      `${name}: its self-test fails elsewhere, which does not count: ${others.map(inWords).join(', ')}`,
    );
}

/** A self-test takes a card off its network, and what comes after this step may need it. */
async function testReturn(
  test: LoopbackTest,
  sysFolder: string,
  context: CardContext,
  waitMs: number,
): Promise<void> {
  const fault = await testCarrier(test.card, sysFolder, context, waitMs);
  if (fault !== undefined) test.faults.push(`${fault}, since its self-test`);
}

async function switchOff(cards: readonly string[], { runProgram }: CardContext): Promise<void> {
  for (const card of cards) await runProgram('ip', ['link', 'set', card, 'down']).catch(() => {});
}

function inWords({ name, result }: SubTest): string {
  return `${name} ${result}`;
}
