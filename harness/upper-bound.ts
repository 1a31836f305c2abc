const confidence = 0.95;

/**
 * The largest share of failures that still could have given no more than `found` of them in `runs` independent runs, with a
 * chance of 5 %: below it, the true share is with 95 % confidence (Clopper and Pearson, one-sided). For none found that
 * is 1 - 0.05^(1/runs). From 0 to 1.
 */
export function upperBound(found: number, runs: number): number {
  if (found >= runs) return 1;
  let [low, high] = [0, 1];
  for (let step = 0; step < 60; step += 1) {
    const share = (low + high) / 2;
    if (chanceOfAtMost(found, runs, share) > 1 - confidence) low = share;
    else high = share;
  }
  return high;
}

/** Of the binomial distribution. */
function chanceOfAtMost(found: number, runs: number, share: number): number {
  let logTerm = runs * Math.log1p(-share);
  let sum = Math.exp(logTerm);
  for (let count = 1; count <= found; count += 1) {
    logTerm += Math.log((runs - count + 1) / count) + Math.log(share) - Math.log1p(-share);
    sum += Math.exp(logTerm);
  }
  return sum;
}
