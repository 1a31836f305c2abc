import { sectorBytes } from '../../foundation/index.ts';
import { type HeardRequest, SectorSet } from '../../vm/index.ts';

/** Which sectors of a disk a machine has looked at and changed since it was switched on. */
export class TouchedSectors {
  readonly read = new SectorSet();
  readonly written = new SectorSet();

  /** Takes note of a request to an intercepted disk. */
  note({ kind, offsetBytes, lengthBytes }: HeardRequest): void {
    const sectors = kind === 'read' ? this.read : this.written;
    const first = offsetBytes / sectorBytes;
    for (let sector = first; sector < first + lengthBytes / sectorBytes; sector += 1) sectors.add(sector);
  }
}
