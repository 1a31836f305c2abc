import { formatSize } from '../../foundation/index.ts';
import { coreErrors } from '../errors.ts';
import type { LicenceLevel } from './layout-schema.ts';

/**
 * The licence level of a disk of `capacityBytes` bytes: of the levels whose minimum it reaches, the highest (spec M3).
 *
 * @throws CORE_LICENCE_MISSING when the disk is smaller than every minimum.
 */
export function chooseLicenceLevel(levels: readonly LicenceLevel[], capacityBytes: number): string {
  const reached = levels.filter(({ minimumCapacity }) => minimumCapacity <= capacityBytes);
  const best = reached.sort((a, b) => b.minimumCapacity - a.minimumCapacity)[0];
  if (best !== undefined) return best.level;
  throw coreErrors.CORE_LICENCE_MISSING({
    tried: `choose the licence of a disk of ${formatSize(capacityBytes)}`,
    got: levels
      .map(({ level, minimumCapacity }) => `${level} from ${formatSize(minimumCapacity)}`)
      .join(', '),
  });
}
