import { z } from 'zod';
import { damageFile, damageFileSystem } from '../../faults/index.ts';
import { declareFault } from '../fault-declaration.ts';
import { injectedDamage } from './damage-ranges.ts';
import { imageOf } from './image-of.ts';
import { copies, how, partition } from './parameters.ts';

/** Faults of a disk at rest in its file systems. */
export const fileSystemFaults = [
  declareFault({
    name: 'file-system-damaged',
    layer: 'disk-at-rest',
    summary: 'the superblock of a file system is lost, the first or all of its copies',
    proves: 'a file system that cannot be mounted is repaired or made anew',
    parameters: z.object({
      partition: partition.default('primary-root').describe('its number, or its role in the layout'),
      copies: copies.default('all').describe('fsck can put the first one back from the others'),
      how: how.describe('what the bytes become'),
    }),
    when: 'off',
    disk: 'image',
    readsFileSystem: true,
    async inject(target, { partition, copies, how }) {
      const { path, layout } = await imageOf(target);
      const { seed, scratchFolder } = target;
      const options = { partition, copies, how, seed, scratchFolder, ...(layout && { layout }) };
      return injectedDamage(await damageFileSystem(path, options));
    },
  }),
  declareFault({
    name: 'file-damaged',
    layer: 'disk-at-rest',
    summary: 'the content of one file has rotted, and the file system says nothing',
    proves: 'a file that is needed is verified, or its failure is survived',
    parameters: z.object({
      partition: partition.default('primary-root').describe('its number, or its role in the layout'),
      path: z.string().startsWith('/').default('/opt/assay/appliance.cjs').describe('the file in it'),
      atMostBytes: z.int().min(1).default(4096).describe('so many bytes of it at most'),
      how: how.describe('what the bytes become'),
    }),
    when: 'off',
    disk: 'image',
    readsFileSystem: true,
    async inject(target, { partition, path, atMostBytes, how }) {
      const { path: diskPath, layout } = await imageOf(target);
      const { seed, scratchFolder } = target;
      const options = { partition, path, atMostBytes, how, seed, scratchFolder, ...(layout && { layout }) };
      const injection = await damageFile(diskPath, options);
      const { before, after } = injection.fileSha256;
      return { what: injection.sentence, proof: () => `sha256 of the file ${before} before, ${after} after` };
    },
  }),
];
