import { randomBytes } from 'node:crypto';
import { open, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { runTool } from '../../../foundation/index.ts';
import { readConfiguration } from '../../known-state/configuration.ts';
import {
  blankAreas,
  blockBytes,
  decodeManifestArea,
  hashBlock,
  openManifest,
  type PartitionManifest,
} from '../../known-state/manifest.ts';
import { openPack } from '../../known-state/pack.ts';
import { type RedundantPartition, systemPartitions } from '../../known-state/redundant-layout.ts';
import { decodeStateRecord } from '../../known-state/state-record.ts';
import { hashFile } from '../disk-writer.ts';
import { buildRedundant, type RedundantDisks } from './build-redundant.ts';
import { mebibyte, smallInputs, smallLayout } from './fixtures/small-set.ts';

t.setTimeout(240_000);

async function readAt(path: string, offsetBytes: number, lengthBytes: number): Promise<Buffer> {
  await using file = await open(path, 'r');
  const bytes = Buffer.alloc(lengthBytes);
  await file.read(bytes, 0, lengthBytes, offsetBytes);
  return bytes;
}

function offsetOf({ firstSector }: RedundantPartition): number {
  return firstSector * 512;
}

/** A file of a partition, read through its file system. */
async function fileIn(
  disk: string,
  partition: RedundantPartition,
  name: string,
  folder: string,
): Promise<Buffer> {
  const path = join(folder, `read-${name}`);
  const image = `${disk}@@${offsetOf(partition)}`;
  await runTool('mcopy', ['-n', '-o', '-i', image, `::/${name}`, path], { env: { MTOOLS_SKIP_CHECK: '1' } });
  return await readFile(path);
}

/** The blocks of a partition on its disk that are not those of the manifest. */
async function differingBlocks(disk: string, partition: RedundantPartition, manifest: PartitionManifest) {
  const differing: number[] = [];
  for (const [index, hash] of manifest.blocks.entries()) {
    const block = await readAt(disk, offsetOf(partition) + index * blockBytes, blockBytes);
    blankAreas(block, index, [manifest.states, manifest.manifest]);
    if (hashBlock(block) !== hash) differing.push(index);
  }
  return differing;
}

t.test('a set of redundant disks', async (t) => {
  const folder = t.testdir();
  const given = await smallInputs(folder);
  const { system, configuration } = given;
  const { publicKey } = configuration;
  const outFolder = join(folder, 'set');
  const built: RedundantDisks = await buildRedundant({ ...given, outFolder });
  const partitions = systemPartitions(smallLayout);
  const diskOf = ({ disk }: RedundantPartition) => built.diskPaths[disk]!;
  const manifests: Record<string, PartitionManifest> = {};

  await t.test('the folder has disks, configuration and pack, and nothing else', async (t) => {
    t.same((await readdir(outFolder)).sort(), ['data.raw', 'first.raw', 'second.raw', 'system']);
    t.same((await readdir(built.systemFolder)).sort(), ['known-state.json', 'system.pack']);
    t.same(Object.keys(built.diskPaths), ['first', 'second', 'data']);
    t.same(await readConfiguration(built.configurationPath), configuration);
    t.equal((await stat(built.diskPaths.first!)).size, 65 * mebibyte);
  });

  await t.test('one partition of each system disk is active, of a data disk none', async (t) => {
    const tables: Record<string, unknown> = {};
    for (const [name, path] of Object.entries(built.diskPaths)) {
      const { partitiontable } = JSON.parse((await runTool('sfdisk', ['--json', path])).stdout);
      tables[name] = partitiontable.partitions.map(
        ({ start, size, type, bootable }: Record<string, unknown>) => {
          return [start, size, type, bootable === true];
        },
      );
    }
    t.same(tables, {
      first: [
        [2048, 20 * 2048, 'e', true],
        [21 * 2048, 44 * 2048, 'e', false],
      ],
      second: [[2048, 31 * 2048, 'e', true]],
      data: [[2048, 17 * 2048, '83', false]],
    });
    const bootCode = await readFile('/usr/lib/syslinux/mbr/mbr.bin');
    t.ok((await readAt(built.diskPaths.second!, 0, 440)).equals(bootCode));
    t.ok((await readAt(built.diskPaths.data!, 0, 440)).equals(Buffer.alloc(440)));
  });

  await t.test('every partition holds what its signed manifest says', async (t) => {
    for (const partition of partitions) {
      const areas = configuration.areas[partition.name]!;
      const position = offsetOf(partition) + areas.manifest.offsetBytes;
      const area = await readAt(diskOf(partition), position, areas.manifest.lengthBytes);
      const manifest = openManifest(decodeManifestArea(area), publicKey);
      manifests[partition.name] = manifest;
      t.match(manifest, { partition: partition.name, version: '1.0.0', ...areas });
      t.same(await differingBlocks(diskOf(partition), partition, manifest), [], partition.name);
      // Kernel and initial RAM file system have 3 MiB, what lies before them one and a bit.
      t.ok(
        manifest.criticalBlocks >= 17 && manifest.criticalBlocks <= 19,
        `${manifest.criticalBlocks} blocks`,
      );
    }
  });

  await t.test('the file systems are whole, and the fixed places are those of their files', async (t) => {
    for (const partition of partitions) {
      const { states, manifest } = configuration.areas[partition.name]!;
      const disk = diskOf(partition);
      const image = join(folder, 'partition.img');
      await writeFile(image, await readAt(disk, offsetOf(partition), partition.sectors * 512));
      await runTool('fsck.fat', ['-n', image]);
      for (const [name, { offsetBytes, lengthBytes }] of [
        ['bstate.txt', states],
        ['manifest.txt', manifest],
      ] as const) {
        t.equal(offsetBytes % 4096, 0);
        const direct = await readAt(disk, offsetOf(partition) + offsetBytes, lengthBytes);
        t.ok((await fileIn(disk, partition, name, folder)).equals(direct), `${name} of ${partition.name}`);
      }
      const configurationText = String(await fileIn(disk, partition, 'syslinux.cfg', folder));
      const [ports] = [smallLayout.disks.find(({ name }) => name === partition.disk)!.ports.join(',')];
      const places = `assay.system=${ports} assay.root=${partition.number} assay.partition=${partition.name}`;
      t.match(configurationText, new RegExp(`APPEND quiet .*${places}\n`));
      for (const [name, path] of [
        ['vmlinuz', system.kernelPath],
        ['root.squashfs', system.squashfsPath],
      ] as const) {
        t.ok((await fileIn(disk, partition, name, folder)).equals(await readFile(path)), name);
      }
    }
  });

  await t.test('both copies of the states say that all are OK', async (t) => {
    const partition = partitions[1]!;
    const { offsetBytes } = configuration.areas['system-2']!.states;
    for (const [copy, sequence] of [
      [0, 1],
      [1, 2],
    ] as const) {
      const bytes = await readAt(diskOf(partition), offsetOf(partition) + offsetBytes + copy * 4096, 4096);
      const record = decodeStateRecord(bytes);
      t.equal(record?.sequence, sequence);
      t.equal(record?.states.recoveries, 0);
      const states = Object.entries(record!.states.partitions).map(([name, { state }]) => [name, state]);
      t.same(states, [
        ['system-1', 'OK'],
        ['system-2', 'OK'],
        ['system-3', 'OK'],
      ]);
    }
  });

  await t.test('the pack has every block of every partition, and the boot records', async (t) => {
    await using pack = await openPack(built.packPath);
    t.same(Object.keys(pack.bootRecords), ['first', 'second']);
    t.ok(pack.bootRecords.first!.equals(await readAt(built.diskPaths.first!, 0, 512)));
    const block = Buffer.alloc(blockBytes);
    for (const partition of partitions) {
      const manifest = openManifest(pack.manifests[partition.name]!, publicKey);
      t.same(manifest, manifests[partition.name]);
      for (const hash of manifest.blocks) {
        await pack.read(hash, block);
        if (hashBlock(block) !== hash) t.fail(`a block of ${partition.name} is another one`);
      }
    }
  });

  await t.test('later partitions can restore those before them, with a small pack', async (t) => {
    for (const [index, partition] of partitions.entries()) {
      if (index === 0) {
        await t.rejects(fileIn(diskOf(partition), partition, 'recovery.pack', folder));
        continue;
      }
      const path = join(folder, 'read-recovery.pack');
      await fileIn(diskOf(partition), partition, 'recovery.pack', folder);
      await using pack = await openPack(path);
      const earlier = partitions.slice(0, index).map(({ name }) => name);
      t.same(Object.keys(pack.manifests), earlier);
      t.same(Object.keys(pack.bootRecords), ['first', 'second']);
      const own = manifests[partition.name]!.blocks;
      for (const name of earlier) {
        const missing = manifests[name]!.blocks.filter((hash) => !pack.has(hash) && !own.includes(hash));
        t.same(missing, [], `${partition.name} has all of ${name}`);
      }
      // Loader, FAT, configuration and the end of the last file differ; the system itself is shared.
      t.ok((await stat(path)).size < index * 3 * mebibyte, `${(await stat(path)).size} bytes`);
    }
  });

  await t.test('data partitions hold an empty file system with their name', async (t) => {
    const image = join(folder, 'data.img');
    await writeFile(image, await readAt(built.diskPaths.data!, mebibyte, 17 * mebibyte));
    const { stdout } = await runTool('blkid', ['-p', '-o', 'export', image]);
    t.match(stdout, /^LABEL=data$/m);
    t.match(stdout, /^TYPE=ext4$/m);
  });

  await t.test('the same inputs give the same bytes', async (t) => {
    const again = await buildRedundant({ ...given, outFolder: join(folder, 'again') });
    const pairs = Object.entries(built.diskPaths).map(
      ([name, path]) => [path, again.diskPaths[name]!] as const,
    );
    for (const [one, other] of [...pairs, [built.packPath, again.packPath] as const]) {
      t.equal(await hashFile(one), await hashFile(other), one);
    }
  });

  await t.test('a system that does not fit is refused, and nothing half-made stays', async (t) => {
    const squashfsPath = join(folder, 'large.squashfs');
    await writeFile(squashfsPath, randomBytes(19 * mebibyte));
    const out = join(folder, 'refused');
    const refused = buildRedundant({ ...given, system: { ...system, squashfsPath }, outFolder: out });
    await t.rejects(refused, { code: 'CORE_FILE_SYSTEM_TOO_SMALL' });
    t.same(await readdir(out), []);
  });
});
