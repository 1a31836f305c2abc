import { upperBound } from '../upper-bound.ts';

/** A verdict that was not the true one, with what shows it. */
export interface FalseVerdict {
  /** Why it is false. */
  falsehood: string;
  /** Of `npm run liars -- NAME --seed`. */
  seed?: string;
  folder?: string;
  evidence?: string;
}

/** How the verdicts about one liar, or one scenario, came out. */
export interface Tally {
  name: string;
  /** What a true verdict says. */
  truth: string;
  runs: number;
  trueVerdicts: number;
  /** Errored for a host that had no processor to give: says nothing about anybody, and names why. */
  inconclusive: number;
  falseVerdicts: FalseVerdict[];
}

/** `0 of 100: below 2.96 % at 95 %`. */
export function statement({ falseVerdicts, runs }: Pick<Tally, 'falseVerdicts' | 'runs'>): string {
  const found = falseVerdicts.length;
  return `${found} of ${runs}: below ${percent(upperBound(found, runs))} at 95 %`;
}

/** A Markdown table, a line for each and one for all together, and every false verdict with its evidence. */
export function describeTallies(tallies: readonly Tally[]): string {
  const met = tallies.filter(({ runs }) => runs > 0);
  const all = {
    runs: sum(met.map(({ runs }) => runs)),
    trueVerdicts: sum(met.map(({ trueVerdicts }) => trueVerdicts)),
    inconclusive: sum(met.map(({ inconclusive }) => inconclusive)),
    falseVerdicts: met.flatMap(({ falseVerdicts }) => falseVerdicts),
  };
  const rows = [...met, ...(met.length > 1 ? [{ ...all, name: 'all', truth: '' }] : [])];
  return [
    '| liar | true verdict | runs | true | inconclusive | false | so the share of false verdicts is |',
    '|---|---|---|---|---|---|---|',
    ...rows.map(
      (row) =>
        `| ${row.name} | ${row.truth} | ${row.runs} | ${row.trueVerdicts} | ${row.inconclusive} ` +
        `| ${row.falseVerdicts.length} | ${statement(row)} |`,
    ),
    ...met.flatMap(({ name, falseVerdicts }) => falseVerdicts.map((verdict) => describeFalse(name, verdict))),
    '',
  ].join('\n');
}

function describeFalse(name: string, { falsehood, seed, folder, evidence = '' }: FalseVerdict): string {
  const where = [...(seed === undefined ? [] : [`seed ${seed}`]), ...(folder === undefined ? [] : [folder])];
  const lines = evidence.split('\n').slice(0, 12);
  return [`\nfalse: ${name}: ${falsehood} (${where.join(', ')})`, ...lines.map((line) => `  ${line}`)].join(
    '\n',
  );
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
