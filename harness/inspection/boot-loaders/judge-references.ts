import type { Finding } from '../finding.ts';
import { partitionName } from '../place.ts';
import type { BootFile } from './boot-files.ts';
import { bootFinding } from './boot-finding.ts';
import type { BootPartitions, BootSystem } from './boot-loader.ts';
import type { BootLoaderFindingId } from './boot-loader-finding-kinds.ts';
import { type BootReference, referencesIn } from './boot-references.ts';

/** What holds others that are not seen from here. */
const closed = ['luks1', 'luks2', 'lvm2', 'md-raid'];

/** Compares what files name with what the disk has; the same text is said once for a file. One after the other: there may be very many. */
export function* judgeReferences(
  files: readonly BootFile[],
  { partitions }: BootPartitions,
  systems: readonly BootSystem[],
): Generator<Finding> {
  const mayBeInside = systems.some(({ fileSystem }) => closed.includes(fileSystem.type));
  const holders = (reference: BootReference) => holdersOf(reference, partitions, systems);
  for (const file of files) {
    const references = new Map(referencesIn(file).map((reference) => [reference.text, reference]));
    for (const reference of references.values()) {
      const kind = judge(reference, holders(reference), mayBeInside);
      if (kind === undefined) continue;
      const among = kind === 'boot-reference-ambiguous' ? ` is ${holders(reference).join(' and ')}` : '';
      yield bootFinding(kind, file.where, `${reference.text}${among}`);
    }
  }
}

function judge(
  { by, isOptional }: BootReference,
  found: readonly string[],
  mayBeInside: boolean,
): BootLoaderFindingId | undefined {
  if (by === 'volume') return 'boot-reference-not-seen';
  if (by === 'order') return 'boot-device-by-order';
  if (by === 'hardware') return isOptional ? 'boot-reference-not-seen' : 'boot-device-by-hardware';
  if (found.length === 1) return undefined;
  if (found.length > 1) return 'boot-reference-ambiguous';
  // Names of partitions are in the table, whatever is in them.
  const isHidden = mayBeInside && (by === 'uuid' || by === 'label');
  return isOptional || isHidden ? 'boot-reference-not-seen' : 'boot-reference-missing';
}

/** The partitions that bear the name. */
function holdersOf(
  { by, value }: BootReference,
  partitions: BootPartitions['partitions'],
  systems: readonly BootSystem[],
): string[] {
  if (by === 'partition-uuid')
    return partitions.filter(({ uniqueId }) => uniqueId?.toLowerCase() === value).map(partitionName);
  if (by === 'partition-label') return partitions.filter(({ name }) => name === value).map(partitionName);
  return (
    systems
      // The members of a RAID all have its identity.
      .filter(({ fileSystem }) => fileSystem.type !== 'md-raid')
      .filter(({ fileSystem: { uuid, label } }) =>
        by === 'uuid' ? uuid?.toLowerCase() === value : label === value,
      )
      .map(({ partition }) => partitionName(partition))
  );
}
