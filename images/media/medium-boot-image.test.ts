import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { runTool } from '../../foundation/index.ts';
import { writeIso } from './iso-image.ts';
import { linkLoader } from './medium-boot-image.ts';

const block = 2048;

t.test('isolinux is told where it lies, on a CD and on a disk', async (t) => {
  const { folder, path, loader, loaderPath } = await writeMedium(
    t.testdir({ note: 'a file', disk: Buffer.alloc(432) }),
  );
  const medium = await readFile(path);
  const stageBlock = bootBlock(medium);
  const [stage, after] = [medium.subarray(stageBlock * block), medium.subarray((stageBlock + 1) * block)];
  t.same(after.subarray(0, 8), loader.subarray(0, 8));
  t.same(after.subarray(64, loader.length), loader.subarray(64));
  t.equal(stage.readUInt32LE(12), stageBlock, 'our first stage is told, too');
  t.equal(medium.readBigUInt64LE(432), BigInt((stageBlock + 1) * 4));

  // What xorriso writes into the table of an isolinux that is the boot image by itself.
  const alonePath = join(folder, 'alone.iso');
  const loaderName = `loader=${loaderPath}`;
  const words = [
    '-b',
    'loader',
    '-c',
    'catalogue',
    '-no-emul-boot',
    '-boot-load-size',
    '4',
    '-boot-info-table',
  ];
  await runTool('xorriso', [
    '-as',
    'mkisofs',
    '-quiet',
    '-o',
    alonePath,
    ...words,
    '-graft-points',
    loaderName,
  ]);
  const alone = await readFile(alonePath);
  const table = alone.subarray(bootBlock(alone) * block, (bootBlock(alone) + 1) * block).subarray(8, 64);
  table.writeUInt32LE(stageBlock + 1, 4);
  t.same(after.subarray(8, 64), table);
});

t.test('a medium that is not as expected is not changed', async (t) => {
  const { folder, path, loaderPath } = await writeMedium(
    t.testdir({ note: 'a file', disk: Buffer.alloc(432) }),
  );
  const before = await readFile(path);
  const refused = async (expected: RegExp, change: (medium: Buffer) => void, loader = loaderPath) => {
    const medium = Buffer.from(before);
    change(medium);
    const changedPath = join(folder, 'changed.iso');
    await writeFile(changedPath, medium);
    await t.rejects(linkLoader(changedPath, loader), {
      ...{ code: 'IMAGES_MEDIUM_INVALID', facts: { expected } },
      remedy: /xorriso/,
    });
    t.same(await readFile(changedPath), medium);
  };
  await refused(/isolinux in block/, () => {});
  await refused(/EL TORITO/, (medium) => medium.write('X', 17 * block + 7));
  await refused(/bootable/, (medium) =>
    medium.writeUInt8(0, medium.readUInt32LE(17 * block + 0x47) * block + 32),
  );
  await refused(/code for disks/, (medium) => {
    // As it was before it was linked.
    medium.fill(0x5a, (bootBlock(medium) + 1) * block + 8, (bootBlock(medium) + 1) * block + 64);
  });
});

async function writeMedium(folder: string) {
  const path = join(folder, 'medium.iso');
  const loaderPath = join(folder, 'loader');
  const loader = Buffer.alloc(3 * block - 3, 0x5a);
  await writeFile(loaderPath, loader);
  const content = new Map([['/note', join(folder, 'note')]]);
  await writeIso({ content, path, loaderPath, diskBootCodePath: join(folder, 'disk') });
  return { folder, path, loader, loaderPath };
}

function bootBlock(medium: Buffer): number {
  return medium.readUInt32LE(medium.readUInt32LE(17 * block + 0x47) * block + 40);
}
