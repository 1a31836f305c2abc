import { claimText } from './claim-text.ts';
import type { FindingList } from './finding-list.ts';
import type { ClaimedPartition } from './partition-reading.ts';

/**
 * Tells which partitions overlap. Each is compared only with the one that reaches farthest of those before it, so that ten thousand
 * that all overlap take no longer than others. Logical drives lie in their extended partition.
 */
export function judgeOverlaps(
  claims: readonly ClaimedPartition[],
  sectorBytes: number,
  findings: FindingList,
): void {
  const tell = (first: ClaimedPartition, second: ClaimedPartition) => {
    const text = (claim: ClaimedPartition) =>
      `partition ${claim.number} takes ${claimText(claim, sectorBytes)}`;
    const where = `partitions ${first.number} and ${second.number}`;
    findings.add('partition-overlap', where, `${text(first)}, ${text(second)}`);
  };
  let farthest: ClaimedPartition | undefined;
  for (const claim of claims.filter(({ kind }) => kind !== 'extended').sort(byStart)) {
    if (farthest !== undefined && claim.startBytes < farthest.endBytes) tell(farthest, claim);
    if (farthest === undefined || claim.endBytes > farthest.endBytes) farthest = claim;
  }
  // At most four, and only an MBR has them.
  const primaries = claims.filter(({ kind }) => kind === 'extended' || kind === 'primary').sort(byStart);
  for (const [index, first] of primaries.entries()) {
    for (const second of primaries.slice(index + 1)) {
      const isExtended = first.kind === 'extended' || second.kind === 'extended';
      if (isExtended && second.startBytes < first.endBytes) tell(first, second);
    }
  }
}

function byStart(first: ClaimedPartition, second: ClaimedPartition): number {
  if (first.startBytes === second.startBytes) return first.number - second.number;
  return first.startBytes < second.startBytes ? -1 : 1;
}
