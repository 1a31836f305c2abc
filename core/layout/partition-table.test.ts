import { open } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { runTool } from '../../foundation/index.ts';
import { encodePartitionTable } from './partition-table.ts';
import { readLayout } from './read-layout.ts';
import { type ResolvedDisk, resolveLayout } from './resolve-layout.ts';

for (const name of ['headless', 'headless-single-disk']) {
  t.test(`sfdisk reads what ${name} says`, async (t) => {
    for (const disk of resolveLayout(await readLayout(`images/layouts/${name}.yaml`)).disks) {
      const table = JSON.parse((await runTool('sfdisk', ['--json', await writeTable(t, disk)])).stdout);
      const { label, id, partitions } = table.partitiontable;
      t.same([label, id], ['dos', '0xcafef00d']);
      const wanted = disk.partitions.map(({ number, firstSector, sectors, fileSystem }) => {
        return [number, firstSector, sectors, fileSystem === 'fat' ? 'e' : '83'];
      });
      if (disk.extended) wanted.push([4, disk.extended.firstSector, disk.extended.sectors, 'f']);
      const found = partitions.map(({ node, start, size, type }: Record<string, string>) => {
        return [Number(/(\d+)$/.exec(node!)![1]), start, size, type];
      });
      t.same(found.sort(byNumber), wanted.sort(byNumber));
      t.notOk(
        partitions.some(({ bootable }: { bootable?: boolean }) => bootable),
        'none is active',
      );
    }
  });
}

t.test('sfdisk finds nothing wrong with the chain', async (t) => {
  const { disks } = resolveLayout(await readLayout('images/layouts/headless-single-disk.yaml'));
  const { stdout, stderr } = await runTool('sfdisk', ['--verify', await writeTable(t, disks[0]!)]);
  t.match(stdout, /No errors detected/);
  t.notMatch(stderr, /overlap|outside|wrong/i);
});

t.test('the boot code is kept below the disk signature', async (t) => {
  const [disk] = resolveLayout(await readLayout('images/layouts/headless.yaml')).disks;
  const code = Buffer.alloc(440, 0x90);
  const [master] = encodePartitionTable(disk!, 0x01020304, code);
  t.same(master!.bytes.subarray(0, 440), code);
  t.same([...master!.bytes.subarray(440, 446)], [4, 3, 2, 1, 0, 0]);
  t.throws(() => encodePartitionTable(disk!, 1, Buffer.alloc(441)), { code: 'CORE_BOOT_CODE_TOO_LARGE' });
});

function byNumber(a: unknown[], b: unknown[]): number {
  return Number(a[0]) - Number(b[0]);
}

async function writeTable(t: Test, disk: ResolvedDisk): Promise<string> {
  const path = join(t.testdir({}), `${disk.role}.raw`);
  const file = await open(path, 'w');
  await file.truncate(disk.sizeBytes);
  for (const { sector, bytes } of encodePartitionTable(disk, 0xcafef00d)) {
    await file.write(bytes, 0, 512, sector * 512);
  }
  await file.close();
  return path;
}
