import { countValues, entropyOf } from '../../inspection/one-pass/entropy.ts';

/** In bits a byte (Shannon). */
export function entropyBitsOf(bytes: Buffer): number {
  const counts = new Float64Array(256);
  countValues(counts, bytes);
  return entropyOf(counts);
}

/**
 * How random bytes are, whatever their number: their entropy, as a share of what as many random bytes have on average. 32 bytes cannot have more
 * than 5 bits a byte, and random ones have 4.88: nothing that is short ever reaches a limit that is meant for files.
 *
 * @param symbols How many values there are: 256, or 16 for the digits of a hexadecimal number.
 * @returns About 1 for random bytes, of which few are below 0.95.
 */
export function randomShare(bytes: Buffer, symbols = 256): number {
  return bytes.length < 2 ? 0 : entropyBitsOf(bytes) / expectedEntropyBits(bytes.length, symbols);
}

/**
 * Of random symbols: each comes k times with the probabilities of a binomial distribution, and takes k/n · log2(n/k) then.
 */
export function expectedEntropyBits(count: number, symbols: number): number {
  const [hit, miss] = [1 / symbols, 1 - 1 / symbols];
  const mean = count * hit;
  const furthest = Math.min(count, Math.ceil(mean + 12 * Math.sqrt(mean) + 20));
  let logProbability = count * Math.log(miss);
  let bits = 0;
  for (let times = 1; times <= furthest; times += 1) {
    logProbability += Math.log((count - times + 1) / times) + Math.log(hit / miss);
    bits += Math.exp(logProbability) * (times / count) * Math.log2(count / times);
  }
  return symbols * bits;
}
