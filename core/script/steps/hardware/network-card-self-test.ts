import type { StepContext } from '../../step-kind.ts';
import { failureWords } from '../failure-words.ts';

/** One part of a card's self-test, as its driver calls it. */
export interface SubTest {
  /** `Loopback test (offline)`. */
  name: string;
  /** 0 is good; what other numbers mean is known to the driver alone. */
  result: number;
}

/** The sub-tests of a card, or why it has none. */
export type SelfTest = { subTests: SubTest[] } | { reason: string };

/** What a driver says of a sub-test that it does not have for this card: -EOPNOTSUPP. */
const notSupported = -95;

/** ETHTOOL_TEST has been answered, and a sub-test has failed: the only exit code beside 0 with an answer. */
const failedExit = 2;

/** The shell's, when there is no such program. */
const missingExit = 127;

/**
 * Has the driver of a card test it (ETHTOOL_TEST of the kernel, by the program `ethtool`). The card is off the network
 * for some seconds, and hears it again some seconds later; its settings stay.
 */
export async function runSelfTest(
  card: string,
  { signal, runProgram }: Pick<StepContext, 'signal' | 'runProgram'>,
): Promise<SelfTest> {
  // By the shell, because a program that fails gives only the end of what it has printed.
  const command = `ethtool -t "$0" offline; code=$?; [ $code -eq ${failedExit} ] || exit $code`;
  try {
    const subTests = parseSelfTest(await runProgram('sh', ['-c', command, card]));
    return subTests.some(isLoopback) ? { subTests } : { reason: 'its self-test has no loopback' };
  } catch (error) {
    signal.throwIfAborted();
    return { reason: reasonOf(failureWords(error)) };
  }
}

/** The sub-tests in what `ethtool -t` prints, but those that the card does not have. Pure. */
export function parseSelfTest(printed: string): SubTest[] {
  const found = printed.matchAll(/^\s*(.*\S)[ \t]+(-?\d+)$/gm);
  return [...found]
    .map(([, name, result]) => ({ name: name!.replace(/\s+/g, ' '), result: Number(result) }))
    .filter(({ result }) => result !== notSupported);
}

/** Whether it sends frames that the card itself has to receive; some cards do that in several ways. */
export function isLoopback({ name }: SubTest): boolean {
  return /loopback/i.test(name);
}

function reasonOf(words: string): string {
  if (words.startsWith(`exit code ${missingExit}`)) return 'there is no program ethtool';
  if (words.includes('Operation not supported')) return 'its driver has no self-test';
  return `its self-test cannot be run: ${words}`;
}
