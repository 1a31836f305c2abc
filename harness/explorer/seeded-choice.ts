/**
 * Evenly spread 32-bit numbers, the same for the same seed and stream (mulberry32). Streams are independent, so that one
 * of many draws can be repeated without those before it.
 */
export function seededNumbers(seed: number, stream: number): () => number {
  let state = mix(mix(seed >>> 0) ^ Math.imul(stream + 1, 0x9e3779b1)) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

/** The last step of MurmurHash3: neighbouring seeds are far apart after it. */
function mix(seed: number): number {
  let mixed = seed;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** A number from 0 to `count` - 1, each as likely as another. */
export function seededBelow(next: () => number, count: number): number {
  return Math.floor((next() / 2 ** 32) * count);
}

/** Which of the places 0 to `count` - 1 are chosen, each with an even chance: all 2^count choices are as likely. */
export function seededSubset(next: () => number, count: number, chosen: Uint8Array): void {
  let bits = 0;
  for (let index = 0; index < count; index += 1) {
    if (index % 32 === 0) bits = next();
    chosen[index] = (bits >>> (index % 32)) & 1;
  }
}

/** `wanted` of the places 0 to `count` - 1 in ascending order, all such choices being as likely (Knuth 3.4.2 S). */
export function seededSelection(next: () => number, count: number, wanted: number): number[] {
  if (wanted >= count) return Array.from({ length: count }, (_, index) => index);
  const selected: number[] = [];
  for (let index = 0; selected.length < wanted; index += 1) {
    if (seededBelow(next, count - index) < wanted - selected.length) selected.push(index);
  }
  return selected;
}
