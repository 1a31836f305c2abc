/** The entropy of bytes by how often each value comes, in bits per byte: 0 for one value only, nearly 8 for noise (Shannon). */
export function entropyOf(counts: Float64Array): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.reduce(
    (sum, count) => (count === 0 ? sum : sum - (count / total) * Math.log2(count / total)),
    0,
  );
}

/** Adds how often each value comes. */
export function countValues(counts: Float64Array, bytes: Buffer): void {
  for (const byte of bytes) counts[byte]! += 1;
}
