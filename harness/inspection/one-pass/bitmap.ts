/** Whether a bit is set; bits count from the lowest of the first byte. */
export function isBitSet(bits: Buffer, index: number): boolean {
  return (bits[index >> 3]! & (1 << (index & 7))) !== 0;
}

/** Sets a bit. */
export function setBit(bits: Buffer, index: number): void {
  bits[index >> 3]! |= 1 << (index & 7);
}
