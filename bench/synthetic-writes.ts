import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SyntheticLog } from '../harness/explorer/synthetic-log.ts';
import { seededRandom } from './seeded-random.ts';

const sectorBytes = 512;
const epochCount = 60;
const writesPerEpoch = 24;

/**
 * A disk and a log as a busy file system leaves them: epochs of some dozen writes of 4 to 64 KiB, a third of them to
 * blocks that are written again and again (superblocks, bitmaps, tables), with contents of their own.
 */
export async function writeSyntheticLog(folder: string, diskBytes: number, seed: number) {
  const [basePath, logPath] = [join(folder, 'synthetic.raw'), join(folder, 'synthetic.log')];
  await using base = await open(basePath, 'w');
  await base.truncate(diskBytes);
  const random = seededRandom(seed);
  const below = (count: number) => Math.floor(random() * count);
  const log = new SyntheticLog();
  for (let epoch = 0; epoch < epochCount; epoch += 1) {
    for (let write = 0; write < writesPerEpoch; write += 1) {
      const isHot = below(3) === 0;
      const blocks = isHot ? 1 : 1 + below(16);
      const block = isHot ? below(64) : below(diskBytes / 4096 - blocks);
      const data = Buffer.alloc(blocks * 4096);
      for (let at = 0; at < data.length; at += sectorBytes) data.writeUInt32LE(below(2 ** 32), at);
      log.write(block * 8, data);
    }
    log.flush();
  }
  await writeFile(logPath, log.toBuffer());
  return { basePath, logPath };
}
