import { formatSize } from '../../../foundation/index.ts';
import type { ByteRange } from '../finding.ts';
import type { DiskPartition } from '../place.ts';
import type { FindingList } from './finding-list.ts';
import { mostPartitions, shortestHoleBytes } from './limits.ts';
import type { ClaimedPartition, TableClaims } from './partition-reading.ts';

/** Cuts what a table claims to what lies on the disk; what has no byte there is left out. */
export function placePartitions(
  claims: TableClaims,
  diskBytes: number,
  findings: FindingList,
): DiskPartition[] {
  const placed = claims.partitions
    .map((claim) => place(claim, diskBytes))
    .filter(({ sizeBytes }) => sizeBytes > 0);
  const unseen = placed.filter(({ number }) => number > mostPartitions);
  if (unseen.length > 0) {
    const evidence = `${unseen.length} of ${placed.length} partitions, the first is number ${unseen[0]!.number}`;
    findings.add('partitions-too-many', `partition ${unseen[0]!.number}`, evidence);
  }
  return placed;
}

function place({ startBytes, endBytes, ...facts }: ClaimedPartition, diskBytes: number): DiskPartition {
  const disk = BigInt(diskBytes);
  const offsetBytes = Number(startBytes < disk ? startBytes : disk);
  const end = Number(endBytes < disk ? endBytes : disk);
  return { ...facts, offsetBytes, sizeBytes: Math.max(0, end - offsetBytes) };
}

/** What neither partitions nor the table take of a disk, in order; large pieces of it are told of. */
export function findUnpartitioned(
  partitions: readonly DiskPartition[],
  tableRanges: readonly ByteRange[],
  diskBytes: number,
  findings: FindingList,
): ByteRange[] {
  const data = partitions.filter(({ kind }) => kind !== 'extended');
  const taken = data.map(({ offsetBytes, sizeBytes }) => ({ offsetBytes, lengthBytes: sizeBytes }));
  const free = complement([...tableRanges, ...taken], diskBytes);
  if (data.length === 0) return free;
  const dataEnd = data.reduce((end, { offsetBytes, sizeBytes }) => Math.max(end, offsetBytes + sizeBytes), 0);
  for (const range of free.filter(({ lengthBytes }) => lengthBytes >= shortestHoleBytes)) {
    const { offsetBytes, lengthBytes } = range;
    const evidence = `${formatSize(lengthBytes)} from byte ${offsetBytes} on`;
    findings.add(
      offsetBytes >= dataEnd ? 'unused-end' : 'hole-in-table',
      `byte ${offsetBytes}`,
      evidence,
      range,
    );
  }
  return free;
}

function complement(taken: ByteRange[], diskBytes: number): ByteRange[] {
  const free: ByteRange[] = [];
  let at = 0;
  for (const { offsetBytes, lengthBytes } of taken.sort((a, b) => a.offsetBytes - b.offsetBytes)) {
    if (offsetBytes > at) free.push({ offsetBytes: at, lengthBytes: offsetBytes - at });
    at = Math.max(at, offsetBytes + lengthBytes);
  }
  if (at < diskBytes) free.push({ offsetBytes: at, lengthBytes: diskBytes - at });
  return free;
}
