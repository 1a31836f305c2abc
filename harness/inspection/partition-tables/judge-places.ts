import type { ByteRange } from '../finding.ts';
import { claimText } from './claim-text.ts';
import type { FindingList } from './finding-list.ts';
import { judgeOverlaps } from './judge-overlaps.ts';
import type { ClaimedPartition, TableClaims } from './partition-reading.ts';
import { biosBootType } from './type-names.ts';

/** Judges where partitions lie: on the disk, beside the table and each other, aligned; and their types. */
export function judgePlaces(claims: TableClaims, diskBytes: number, findings: FindingList): void {
  for (const claim of claims.partitions) {
    const where = `partition ${claim.number}`;
    if (claim.endBytes <= claim.startBytes) {
      findings.add('partition-empty', where, `it goes ${claimText(claim, claims.sectorBytes)}`);
      continue;
    }
    if (claim.endBytes > BigInt(diskBytes)) {
      const last = BigInt(Math.floor(diskBytes / claims.sectorBytes)) - 1n;
      const evidence = `it takes ${claimText(claim, claims.sectorBytes)}; the last sector of the disk is ${last}`;
      findings.add('partition-beyond-disk', where, evidence);
    }
    if (claim.typeName === undefined && claim.type !== '0x00') {
      findings.add('partition-type-unknown', where, `its type is ${claim.type}`);
    }
    if (claim.kind === 'extended') continue;
    judgeTable(claim, claims, findings);
    judgeAlignment(claim, claims.sectorBytes, findings);
  }
  judgeOverlaps(
    claims.partitions.filter(({ startBytes, endBytes }) => endBytes > startBytes),
    claims.sectorBytes,
    findings,
  );
}

/** A hybrid ISO image has its file system from sector 0 on, with the MBR in it. */
function judgeTable(claim: ClaimedPartition, claims: TableClaims, findings: FindingList): void {
  const covered = claims.tableRanges.filter((range) => overlaps(claim, range));
  const takes = `it takes ${claimText(claim, claims.sectorBytes)}`;
  const where = `partition ${claim.number}`;
  if (claims.table === 'mbr' && claim.startBytes === 0n) {
    findings.add('partition-from-sector-zero', where, takes);
    covered.shift();
  }
  const [range] = covered;
  if (range === undefined) return;
  const evidence = `${takes}; bytes ${range.offsetBytes} to ${range.offsetBytes + range.lengthBytes - 1} are the table's`;
  findings.add('partition-over-table', where, evidence, range);
}

function overlaps(
  { startBytes, endBytes }: ClaimedPartition,
  { offsetBytes, lengthBytes }: ByteRange,
): boolean {
  return startBytes < BigInt(offsetBytes) + BigInt(lengthBytes) && endBytes > BigInt(offsetBytes);
}

function judgeAlignment(claim: ClaimedPartition, sectorBytes: number, findings: FindingList): void {
  const { number, startBytes, type } = claim;
  if (startBytes % BigInt(1024 ** 2) === 0n || type === biosBootType) return;
  const kind = startBytes % 4096n === 0n ? 'partition-not-on-mebibyte' : 'partition-misaligned';
  const evidence = `it begins at byte ${startBytes}, in sector ${startBytes / BigInt(sectorBytes)}`;
  findings.add(kind, `partition ${number}`, evidence);
}
