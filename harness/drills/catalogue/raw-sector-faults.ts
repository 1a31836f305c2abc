import { z } from 'zod';
import { sectorBytes } from '../../../foundation/index.ts';
import { declareFault } from '../fault-declaration.ts';
import { damageRanges } from './damage-ranges.ts';
import { fillEmptySectors } from './fill-empty-sectors.ts';
import { flipBits } from './flip-bits.ts';
import { imageOf } from './image-of.ts';
import { how, partition } from './parameters.ts';
import { sectorsOf } from './sectors-of.ts';
import { truncateDisk } from './truncate-disk.ts';

/** Faults of a disk at rest that know nothing of what lies on it. */
export const rawSectorFaults = [
  declareFault({
    name: 'bits-flipped',
    layer: 'disk-at-rest',
    summary: 'single bits of a disk or partition have turned over, at places drawn from the seed',
    proves: 'rot that nothing reports is found, or is where it harms nothing',
    parameters: z.object({
      count: z.int().min(1).max(10_000).default(8).describe('how many bits'),
      partition: partition.optional().describe('only in this partition; the whole disk without it'),
    }),
    when: 'off',
    disk: 'image',
    async inject(target, { count, partition }) {
      const disk = await imageOf(target);
      const area = await sectorsOf(disk, partition, target.scratchFolder);
      return await flipBits(disk.path, area, count, target.seed);
    },
  }),
  declareFault({
    name: 'sectors-damaged',
    layer: 'disk-at-rest',
    summary: 'a range of sectors holds zeros, noise or complements',
    proves: 'a range that was lost is noticed and repaired, or was never needed',
    parameters: z.object({
      first: z
        .int()
        .nonnegative()
        .default(0)
        .describe('first sector, from the start of the disk or partition'),
      count: z.int().min(1).max(10_000_000).default(64).describe('how many sectors of 512 bytes'),
      partition: partition.optional().describe('sectors are counted from its start'),
      how: how.describe('what the bytes become'),
    }),
    when: 'off',
    disk: 'image',
    async inject(target, { first, count, partition, how }) {
      const disk = await imageOf(target);
      const { seed, scratchFolder } = target;
      const area = await sectorsOf(disk, partition, scratchFolder);
      const offsetBytes = (area.firstSector + first) * sectorBytes;
      const ranges = [{ offsetBytes, lengthBytes: Math.min(count, area.sectorCount - first) * sectorBytes }];
      const where =
        partition === undefined ? `sectors from ${first}` : `sectors from ${first} of partition ${partition}`;
      return await damageRanges(disk, ranges, where, { how, seed });
    },
  }),
  declareFault({
    name: 'disk-truncated',
    layer: 'disk-at-rest',
    summary: 'the disk ends early: an image was copied in part, and what lay behind is lost',
    proves: 'a disk that is too small is noticed before anything is lost to it',
    parameters: z.object({
      percent: z.number().min(1).max(99).default(75).describe('so much of its size is left'),
    }),
    when: 'off',
    disk: 'image',
    inject: async (target, { percent }) => truncateDisk((await imageOf(target)).path, percent),
  }),
  declareFault({
    name: 'stale-target',
    layer: 'disk-at-rest',
    summary:
      'outside of partitions, where the disk should hold zeros, it holds what an earlier user left: a clone that passed over zeros',
    proves: 'nothing relies on sectors that nobody has written',
    parameters: z.object({
      atMostMiB: z
        .int()
        .min(1)
        .max(4096)
        .default(64)
        .describe('so much is filled at most, from the start of the disk on'),
    }),
    when: 'off',
    disk: 'image',
    inject: async (target, { atMostMiB }) =>
      fillEmptySectors(await imageOf(target), atMostMiB * 1024 ** 2, target.seed, target.scratchFolder),
  }),
];
