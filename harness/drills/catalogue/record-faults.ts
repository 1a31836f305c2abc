import { z } from 'zod';
import { sectorBytes } from '../../../foundation/index.ts';
import type { RecordKind } from '../../witness/index.ts';
import { drillsErrors } from '../errors.ts';
import { declareFault, type FaultDeclaration } from '../fault-declaration.ts';
import { damageRanges } from './damage-ranges.ts';
import { imageOf } from './image-of.ts';
import { copies, how } from './parameters.ts';

/** Faults of a disk at rest in the raw records that a layout declares (docs/layouts.md, "Raw records"). */
export const recordFaults: readonly FaultDeclaration[] = [
  recordFault('boot-control', 'the record by which the boot loader counts attempts', 'first'),
  recordFault('signature', 'the record of the unique identity', 'first'),
  recordFault('licence', 'the record of the licence', 'first'),
  recordFault('manufacturing', 'the record of the stage in manufacturing', 'first'),
];

function recordFault(kind: RecordKind, meaning: string, copy: 'first' | 'all'): FaultDeclaration {
  return declareFault({
    name: `${kind}-damaged`,
    layer: 'disk-at-rest',
    summary: `${meaning} is damaged, in its first copy or in all`,
    proves: `one copy of the ${kind} record is as good as all of them`,
    parameters: z.object({
      copies: copies.default(copy).describe('one copy has to be enough; without any, nothing may be made up'),
      how: how.describe('what the bytes become'),
    }),
    when: 'off',
    disk: 'image',
    needs: 'layout',
    async inject(target, { copies, how }) {
      const disk = await imageOf(target);
      const sectors = disk.layout?.records.find((record) => record.kind === kind)?.sectors;
      if (sectors === undefined) {
        throw drillsErrors.DRILLS_NOT_APPLICABLE({
          tried: `damage the ${kind} record of disk ${disk.name}`,
          expected: 'a disk whose layout declares it',
          got:
            disk.layout === undefined
              ? 'no layout'
              : `records ${disk.layout.records.map(({ kind }) => kind).join(', ') || 'none'}`,
        });
      }
      const hit = copies === 'all' ? sectors : sectors.slice(0, 1);
      const ranges = hit.map((sector) => ({ offsetBytes: sector * sectorBytes, lengthBytes: sectorBytes }));
      const where =
        copies === 'all' ? `all copies of the ${kind} record` : `the first copy of the ${kind} record`;
      return await damageRanges(disk, ranges, where, { how, seed: target.seed });
    },
  });
}
