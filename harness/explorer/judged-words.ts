import type { JudgedState, Verdict } from './judge-states.ts';

const longestWords = 160;

/** Whether something that was promised is gone: a failure, whatever a machine makes of the disk. */
export function isLost({ verdicts }: JudgedState): boolean {
  return verdicts.some(({ outcome }) => outcome === 'lost');
}

/** Whether the product has something to get over; a machine decides. */
export function isDamaged(judged: JudgedState): boolean {
  return judged.isFailure && !isLost(judged);
}

/** What a witness has found, in one line. */
export function whyOf({ verdicts }: JudgedState): string {
  const of = (wanted: Verdict['outcome']) => verdicts.find(({ outcome }) => outcome === wanted);
  const told = of('lost') ?? of('damaged');
  return told === undefined ? 'sound' : `${told.judge}: ${inOneLine(told.report ?? told.outcome)}`;
}

/** For sentences: identities of states can be long. */
export function shortened(text: string): string {
  return text.length > longestWords ? `${text.slice(0, longestWords - 3)}...` : text;
}

function inOneLine(text: string): string {
  return shortened(text.trim().replaceAll(/\s*\n\s*/g, ' | '));
}
