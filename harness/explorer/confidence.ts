const confidence = 0.95;
const steps = 60;

/** What evenly drawn samples say of all states: with 95 % confidence, less than `below` of them fail. */
export interface FailureBound {
  failures: number;
  draws: number;
  /** From 0 to 1. */
  below: number;
}

/**
 * The exact one-sided bound of Clopper and Pearson: the share of failing states at which so few failures among so many
 * draws have a chance of 5 %. Without failures it is 1 - 0.05^(1/draws). Only for independent draws of the uniform
 * stratum, never for states that somebody has chosen.
 */
export function failureBound(failures: number, draws: number): FailureBound {
  if (draws === 0 || failures >= draws) return { failures, draws, below: 1 };
  if (failures === 0) return { failures, draws, below: 1 - (1 - confidence) ** (1 / draws) };
  let [low, high] = [failures / draws, 1];
  for (let step = 0; step < steps; step += 1) {
    const middle = (low + high) / 2;
    if (chanceOfAtMost(failures, draws, middle) > 1 - confidence) low = middle;
    else high = middle;
  }
  return { failures, draws, below: high };
}

/** As people read it: `0 of 400: below 0.75 % at 95 %`. Rounded up, so that it never says more than is known. */
export function describeBound({ failures, draws, below }: FailureBound): string {
  const percent = Math.ceil(below * 10_000) / 100;
  return `${failures} of ${draws}: below ${percent} % at 95 %`;
}

/** Of the binomial distribution, by logarithms: the numbers themselves are too small. */
function chanceOfAtMost(failures: number, draws: number, share: number): number {
  let logTerm = draws * Math.log1p(-share);
  let sum = Math.exp(logTerm);
  for (let count = 1; count <= failures; count += 1) {
    logTerm += Math.log((draws - count + 1) / count) + Math.log(share) - Math.log1p(-share);
    sum += Math.exp(logTerm);
  }
  return sum;
}
