import type { LocatedPartition } from '../configuration.ts';
import { knownStateErrors } from '../errors.ts';
import type { RunningSystem } from './running-system.ts';

/**
 * Where a system partition lies.
 *
 * @throws KNOWN_STATE_PARTITION_UNKNOWN when the layout has no such partition, or its disk is not there.
 */
export function findPartition({ located }: Pick<RunningSystem, 'located'>, name: string): LocatedPartition {
  const { partitions, problems } = located;
  const found = partitions.find((partition) => partition.name === name);
  if (found !== undefined) return found;
  throw knownStateErrors.KNOWN_STATE_PARTITION_UNKNOWN({
    tried: `find the system partition ${name}`,
    expected: partitions.map((partition) => partition.name).join(', ') || 'a disk with system partitions',
    got: problems.find(({ partition }) => partition === name)?.problem ?? 'none of that name is there',
  });
}
