import type { Finding } from '../finding.ts';
import { type DiskPartition, partitionName } from '../place.ts';
import type { FileSystemFindingId } from './file-system-finding-kinds.ts';
import { asEvidence } from './printable.ts';

/** A finding about a whole partition. */
export function fileSystemFinding(
  kind: FileSystemFindingId,
  partition: DiskPartition,
  evidence: string,
): Finding {
  const { offsetBytes, sizeBytes } = partition;
  return {
    kind,
    where: partitionName(partition),
    range: { offsetBytes, lengthBytes: sizeBytes },
    evidence: asEvidence(evidence),
  };
}
