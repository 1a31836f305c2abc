import { open } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { runTool } from '../../../foundation/index.ts';
import type { RedundantPartition } from '../../known-state/redundant-layout.ts';
import { findContent } from './find-content.ts';
import { formatFat } from './format-fat.ts';

const mebibyte = 1024 * 1024;

function partitionOf(mebibytes: number): RedundantPartition {
  const place = { number: 1, firstSector: 2048, sectors: mebibytes * 2048 };
  return { name: 'system-1', holds: 'system', disk: 'system', ...place };
}

for (const [mebibytes, bits] of [
  [17, 16],
  [127, 16],
  [128, 16],
  [256, 16],
  [257, 32],
  [700, 32],
] as const) {
  t.test(`files of a partition of ${mebibytes} MiB begin at a whole mebibyte`, async (t) => {
    const path = join(t.testdir(), 'partition.img');
    await formatFat(path, partitionOf(mebibytes), 'mine');
    const { stdout } = await runTool('fsck.fat', ['-vn', path]);
    const dataBytes = Number(/Data area starts at byte (\d+)/.exec(stdout)?.[1]);
    t.equal(dataBytes % mebibyte, 0, stdout);
    t.ok(dataBytes <= 2 * mebibyte);
    t.match(stdout, new RegExp(`${bits} bit entries`));
    t.match(stdout, /^ *4096 bytes per cluster$/m);
    t.match(stdout, /^ *2048 hidden sectors$/m);
  });
}

t.test('a partition that is too small for any system is refused', async (t) => {
  const refused = formatFat(join(t.testdir(), 'partition.img'), partitionOf(16), 'mine');
  await t.rejects(refused, { code: 'CORE_FILE_SYSTEM_TOO_SMALL', facts: { got: '16 MiB' } });
});

t.test('a place is found, and refused where it is askew, in pieces, or missing', async (t) => {
  const path = join(t.testdir(), 'image');
  const content = Buffer.alloc(8192, 'content of the file ');
  const write = async (...pieces: [position: number, bytes: Buffer][]) => {
    await using file = await open(path, 'w');
    await file.truncate(4 * mebibyte);
    for (const [position, bytes] of pieces) await file.write(bytes, 0, bytes.length, position);
  };
  const refused = (got: RegExp) =>
    t.rejects(findContent(path, content, 'it'), { code: 'KNOWN_STATE_PLACE_UNUSABLE', facts: { got } });
  // The second half lies behind the border of what is read at once.
  await write([mebibyte - 4096, content]);
  t.equal(await findContent(path, content, 'it'), mebibyte - 4096);
  await write([mebibyte + 512, content]);
  await refused(/begins at 1049088/);
  await write([4096, content.subarray(0, 4096)], [16_384, content.subarray(4096)]);
  await refused(/several pieces/);
  await write();
  await refused(/not there/);
});
