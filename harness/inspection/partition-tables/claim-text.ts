import type { ClaimedPartition } from './partition-reading.ts';

/** What a partition claims, for people: `sectors 2048 to 4095`. */
export function claimText({ startBytes, endBytes }: ClaimedPartition, sectorBytes: number): string {
  const unit = BigInt(sectorBytes);
  return endBytes > startBytes
    ? `sectors ${startBytes / unit} to ${endBytes / unit - 1n}`
    : `from sector ${startBytes / unit}, to sector ${endBytes / unit - 1n}`;
}
