import { z } from 'zod';
import { sectorBytes } from '../../../foundation/index.ts';
import { declareFault } from '../fault-declaration.ts';
import { damageRanges } from './damage-ranges.ts';
import { imageOf } from './image-of.ts';
import { how, partition } from './parameters.ts';
import { sectorsOf } from './sectors-of.ts';

/** Places in the master boot record: code, then four entries of 16 bytes, then the mark 55 AA. */
const boot = { codeBytes: 440, tableAt: 446, tableBytes: 66 };

/** Faults of a disk at rest by which a machine does not find its system. */
export const bootFaults = [
  declareFault({
    name: 'boot-record-damaged',
    layer: 'disk-at-rest',
    summary: 'the master boot record is lost: its code, its partition table, or both',
    proves: 'a machine whose first sector is lost comes back',
    parameters: z.object({
      part: z.enum(['code', 'table', 'both']).default('both').describe('what of it'),
      how: how.describe('what the bytes become'),
    }),
    when: 'off',
    disk: 'image',
    async inject(target, { part, how }) {
      const range = {
        code: { offsetBytes: 0, lengthBytes: boot.codeBytes },
        table: { offsetBytes: boot.tableAt, lengthBytes: boot.tableBytes },
        both: { offsetBytes: 0, lengthBytes: sectorBytes },
      }[part];
      const where = part === 'both' ? 'the boot record' : `the boot record's ${part}`;
      return await damageRanges(await imageOf(target), [range], where, { how, seed: target.seed });
    },
  }),
  declareFault({
    name: 'volume-boot-record-damaged',
    layer: 'disk-at-rest',
    summary: 'the first sector of a partition is lost, from which its boot loader starts',
    proves: 'a partition that cannot be started from is noticed',
    parameters: z.object({
      partition: partition.default(1).describe('its number, or its role in the layout'),
      how: how.describe('what the bytes become'),
    }),
    when: 'off',
    disk: 'image',
    async inject(target, { partition, how }) {
      const disk = await imageOf(target);
      const { seed, scratchFolder } = target;
      const { firstSector } = await sectorsOf(disk, partition, scratchFolder);
      const range = { offsetBytes: firstSector * sectorBytes, lengthBytes: sectorBytes };
      return await damageRanges(disk, [range], `the boot sector of partition ${partition}`, { how, seed });
    },
  }),
];
