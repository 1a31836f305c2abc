import { z } from 'zod';
import { damageFile, damageFileSystem, SeededNumbers } from '../../faults/index.ts';
import { inspectDisk } from '../../witness/index.ts';
import { drillsErrors } from '../errors.ts';
import { declareFault, type FaultTargetDisk } from '../fault-declaration.ts';
import { injectedDamage } from './damage-ranges.ts';
import { imageOf } from './image-of.ts';
import { how, partition } from './parameters.ts';

/** What a backup area is known by (docs/concepts.md, "back-up"). */
const manifestPath = '/backup.json';

/** Faults of a disk at rest in the backup area from which a primary is rebuilt (spec M6). */
export const backupFaults = [
  declareFault({
    name: 'backup-damaged',
    layer: 'disk-at-rest',
    summary: 'the backup area is damaged: its manifest, what it holds, or its whole file system',
    proves: 'a backup that cannot be trusted is never restored, and keeps nobody from working',
    parameters: z.object({
      part: z
        .enum(['manifest', 'content', 'file-system'])
        .default('content')
        .describe('of `content`, a place in a file that the seed draws'),
      partition: partition.default('backup').describe('its number, or its role in the layout'),
      atMostBytes: z.int().min(1).default(4096).describe('so many bytes of a file at most'),
      how: how.describe('what the bytes become'),
    }),
    when: 'off',
    disk: 'image',
    needs: 'layout',
    async inject(target, { part, partition, atMostBytes, how }) {
      const disk = await imageOf(target);
      const { seed, scratchFolder } = target;
      const { path, layout } = disk;
      const common = { partition, how, seed, scratchFolder, ...(layout && { layout }) };
      if (part === 'file-system') {
        return injectedDamage(await damageFileSystem(path, { ...common, copies: 'all' }));
      }
      const place =
        part === 'manifest'
          ? { path: manifestPath, skipBytes: 0 }
          : await drawnPlace(disk, partition, atMostBytes, target);
      const injection = await damageFile(path, { ...common, ...place, atMostBytes });
      const { before, after } = injection.fileSha256;
      return { what: injection.sentence, proof: () => `sha256 of the file ${before} before, ${after} after` };
    },
  }),
];

/** A place in one of its files, the larger ones sooner than the smaller: what rots is any sector. */
async function drawnPlace(
  { name, path: diskPath, layout }: FaultTargetDisk,
  partition: number | string,
  lengthBytes: number,
  { seed, scratchFolder }: { seed: string; scratchFolder: string },
): Promise<{ path: string; skipBytes: number }> {
  await using disk = await inspectDisk(diskPath, { scratchFolder, ...(layout && { layout }) });
  const inspected = await disk.partition(partition);
  const files: { path: string; storedBytes: number }[] = [];
  for (const { path, kind } of await inspected.tree()) {
    if (kind !== 'file' || path === manifestPath) continue;
    const pieces = await inspected.locate(path);
    const storedBytes = pieces.reduce((sum, piece) => sum + piece.lengthBytes, 0);
    if (storedBytes > 0) files.push({ path, storedBytes });
  }
  const numbers = new SeededNumbers(`${seed} place`);
  let at = files.length === 0 ? 0 : numbers.below(files.reduce((sum, file) => sum + file.storedBytes, 0));
  for (const { path, storedBytes } of files) {
    if (at < storedBytes) return { path, skipBytes: Math.max(0, Math.min(at, storedBytes - lengthBytes)) };
    at -= storedBytes;
  }
  throw drillsErrors.DRILLS_NOT_APPLICABLE({
    tried: `damage what the backup area of disk ${name} holds`,
    expected: `a file beside ${manifestPath} in partition ${partition}`,
    got: 'none: a template has no backup yet',
  });
}
