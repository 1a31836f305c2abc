import type { Liar } from './liar.ts';
import { type Judgement, meetLiar } from './meet-liar.ts';
import type { Tally } from './tally.ts';

interface Meetings {
  /** Where evidence goes. */
  folder: string;
  seed: string;
  /** How often each is met, or how often all together. */
  repeat: number;
  total?: number;
  /** Ends the meetings after the present one. */
  signal: AbortSignal;
  onJudgement: (judgement: Judgement, count: number, of: number) => void;
}

/** Meets liars one after the other, in turns, and counts the verdicts. */
export async function meetLiars(liars: readonly Liar[], meetings: Meetings): Promise<Tally[]> {
  const tallies = new Map(liars.map((liar) => [liar.name, emptyTally(liar)]));
  const total = meetings.total ?? meetings.repeat * liars.length;
  for (let count = 0; count < total && !meetings.signal.aborted; count += 1) {
    const liar = liars[count % liars.length]!;
    const seed = `${meetings.seed}-${Math.floor(count / liars.length)}`;
    const judgement = await meetLiar(liar, meetings.folder, seed);
    add(tallies.get(liar.name)!, judgement);
    meetings.onJudgement(judgement, count + 1, total);
  }
  return [...tallies.values()];
}

function emptyTally({ name, truth }: Liar): Tally {
  const codes = truth.codes === undefined ? '' : `: ${truth.codes.join(' or ')}`;
  return {
    name,
    truth: `${truth.outcome}${codes}`,
    runs: 0,
    trueVerdicts: 0,
    inconclusive: 0,
    falseVerdicts: [],
  };
}

function add(tally: Tally, { falsehood, isInconclusive, seed, folder, evidence }: Judgement): void {
  tally.runs += 1;
  if (isInconclusive) tally.inconclusive += 1;
  else if (falsehood === undefined) tally.trueVerdicts += 1;
  else tally.falseVerdicts.push({ falsehood, seed, folder, evidence });
}
