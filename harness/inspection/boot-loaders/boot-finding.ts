import { asEvidence } from '../file-systems/printable.ts';
import type { ByteRange, Finding } from '../finding.ts';
import { partitionName } from '../place.ts';
import type { BootSystem } from './boot-loader.ts';
import type { BootLoaderFindingId } from './boot-loader-finding-kinds.ts';

export function bootFinding(
  kind: BootLoaderFindingId,
  where: string,
  evidence: string,
  range?: ByteRange,
): Finding {
  return { kind, where, ...(range === undefined ? {} : { range }), evidence: asEvidence(evidence) };
}

/** `partition 2, /etc/fstab`. */
export function fileIn({ partition }: BootSystem, path: string): string {
  return `${partitionName(partition)}, ${path}`;
}
