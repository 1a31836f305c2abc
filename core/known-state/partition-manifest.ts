import { allocateAligned } from '../factory/clone/aligned-memory.ts';
import type { DiskAccess } from '../script/steps/hardware/disk-access.ts';
import type { LocatedPartition } from './configuration.ts';
import { knownStateErrors } from './errors.ts';
import {
  type Area,
  blockBytes,
  decodeManifestArea,
  openManifest,
  type PartitionManifest,
  type SignedManifest,
} from './manifest.ts';

/**
 * Reads the manifest that lies on a partition.
 *
 * @throws KNOWN_STATE_MANIFEST_INVALID when it is none of this partition; what the disk throws.
 */
export async function readPartitionManifest(
  partition: LocatedPartition,
  disk: DiskAccess,
  publicKey: string,
): Promise<PartitionManifest> {
  const bytes = allocateAligned(partition.manifest.lengthBytes);
  await disk.read(bytes, partition.offsetBytes + partition.manifest.offsetBytes);
  return openManifestOf(partition, decodeManifestArea(bytes), publicKey);
}

/**
 * Opens a manifest that shall be the one of this partition: right signature, right name, right places.
 *
 * @throws KNOWN_STATE_MANIFEST_INVALID
 */
export function openManifestOf(
  partition: LocatedPartition,
  signed: SignedManifest,
  publicKey: string,
): PartitionManifest {
  const manifest = openManifest(signed, publicKey);
  const got = findMismatch(manifest, partition);
  if (got === undefined) return manifest;
  const tried = `read the manifest of ${partition.name}`;
  throw knownStateErrors.KNOWN_STATE_MANIFEST_INVALID({ tried, got });
}

function findMismatch(manifest: PartitionManifest, partition: LocatedPartition): string | undefined {
  if (manifest.partition !== partition.name) return `it is that of ${manifest.partition}`;
  if (!isSame(manifest.states, partition.states)) return 'the boot states lie elsewhere';
  if (!isSame(manifest.manifest, partition.manifest)) return 'the manifest lies elsewhere';
  const contentBytes = manifest.blocks.length * blockBytes;
  return contentBytes <= partition.sizeBytes ? undefined : `its ${contentBytes} bytes do not fit`;
}

function isSame(one: Area, other: Area): boolean {
  return one.offsetBytes === other.offsetBytes && one.lengthBytes === other.lengthBytes;
}
