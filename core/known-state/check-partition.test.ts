import t from 'tap';
import { type BlockShare, blocksToCheck, checkPartition } from './check-partition.ts';
import { locatedIn } from './fixtures/located-system.ts';
import { MemoryDisks } from './fixtures/memory-disks.ts';
import { type SmallSystem, smallSystem, stateArea } from './fixtures/small-system.ts';
import { blockBytes, type PartitionManifest } from './manifest.ts';

const signal = new AbortController().signal;

async function check(system: SmallSystem, disks: MemoryDisks, share?: BlockShare, name = 'system-1') {
  const { publicKey } = system.configuration;
  const partition = locatedIn(system, disks).partitions.find((candidate) => candidate.name === name)!;
  return await checkPartition(partition, { publicKey, ...(share && { share }), signal, open: disks.open });
}

/** A system whose first partition was changed. */
function changed(change: (image: Buffer, system: SmallSystem) => void) {
  const system = smallSystem();
  const disks = new MemoryDisks(system.contents);
  const { device, offsetBytes } = system.placeOf('system-1');
  change(disks.contents.get(device)!.subarray(offsetBytes), system);
  return { system, disks };
}

t.test('an intact partition, whatever its boot states are', async (t) => {
  const { system, disks } = changed((image, { configuration }) => {
    stateArea([['system-1', 'Dirty']], 7, 100).copy(
      image,
      configuration.areas['system-1']!.states.offsetBytes,
    );
  });
  const report = await check(system, disks);
  t.match(report, { integrity: 'intact', problem: '', version: '1.0.0', checkedBytes: 6 * blockBytes });
  t.ok(report.bytesPerSecond > 0);
  t.same(disks.orders, [], 'nothing was written');
});

t.test('one bit anywhere', async (t) => {
  const { states, manifest } = smallSystem().configuration.areas['system-1']!;
  const isOutside = (at: number) =>
    [states, manifest].every(
      ({ offsetBytes, lengthBytes }) => at < offsetBytes || at >= offsetBytes + lengthBytes,
    );
  const edges = [states, manifest].flatMap(({ offsetBytes, lengthBytes }) => [
    offsetBytes - 1,
    offsetBytes + lengthBytes,
  ]);
  const places = [0, 511, 3 * blockBytes, 6 * blockBytes - 1, ...edges];
  for (const at of places) {
    t.ok(isOutside(at));
    const { system, disks } = changed((image) => {
      image[at]! ^= 4;
    });
    const block = Math.floor(at / blockBytes);
    t.match(
      await check(system, disks),
      { integrity: 'damaged', problem: `block ${block} differs` },
      `byte ${at}`,
    );
  }
  const { system, disks } = changed((image) => {
    image[6 * blockBytes]! ^= 4;
  });
  t.match(await check(system, disks), { integrity: 'intact' }, 'behind the image is nothing');
});

t.test('the manifest itself', async (t) => {
  const manifestAt = smallSystem().configuration.areas['system-1']!.manifest.offsetBytes;
  const first = changed((image) => {
    image[manifestAt + 20]! ^= 1;
  });
  t.match(await check(first.system, first.disks), {
    integrity: 'damaged',
    problem: 'its manifest is not right: its signature is not of this key',
    checkedBytes: 0,
  });
  const second = changed((image) => image.fill(0, manifestAt, manifestAt + 4096));
  t.match(await check(second.system, second.disks), { integrity: 'damaged' });
  const third = changed((image, system) => {
    const { device, offsetBytes } = system.placeOf('system-2');
    system.contents.get(device)!.copy(image, 0, offsetBytes, offsetBytes + 6 * blockBytes);
  });
  t.match(await check(third.system, third.disks), {
    integrity: 'damaged',
    problem: 'its manifest is not right: it is that of system-2',
  });
  third.disks.unreadable = [
    { device: '/dev/vda', fromBytes: 1024 ** 2 + manifestAt, toBytes: 1024 ** 2 + manifestAt + 512 },
  ];
  t.match(await check(third.system, third.disks), {
    integrity: 'unreadable',
    problem: /manifest cannot be read: EIO/,
  });
});

t.test('blocks that cannot be read are counted, and the others looked at all the same', async (t) => {
  const { system, disks } = changed((image) => {
    image[5 * blockBytes]! ^= 1;
  });
  const atBytes = 1024 ** 2;
  disks.unreadable = [
    { device: '/dev/vda', fromBytes: atBytes, toBytes: atBytes + 512 },
    { device: '/dev/vda', fromBytes: atBytes + 4 * blockBytes, toBytes: atBytes + 4 * blockBytes + 512 },
  ];
  t.match(await check(system, disks), {
    integrity: 'unreadable',
    problem: '2 blocks cannot be read (0, 4), block 5 differs',
    checkedBytes: 4 * blockBytes,
  });
  disks.contents.set('/dev/vda', disks.contents.get('/dev/vda')!.subarray(0, atBytes + 3 * blockBytes + 9));
  t.match(await check(system, disks), { problem: /blocks cannot be read \(0, 3, 4, 5\)/ });
  disks.contents.delete('/dev/vda');
});

t.test('a share has the critical blocks, and in its turns all of them', async (t) => {
  const manifest = { criticalBlocks: 3, blocks: Array.from({ length: 100 }, String) } as PartitionManifest;
  for (const parts of [1, 2, 8, 200]) {
    const seen = new Set<number>();
    for (let turn = 17; turn < 17 + parts; turn += 1) {
      const blocks = blocksToCheck(manifest, { parts, turn });
      t.same(blocks.slice(0, 3), [0, 1, 2]);
      if (blocks.length > 3 + Math.ceil(97 / parts) + 1) t.fail(`${blocks.length} blocks`);
      for (const block of blocks) seen.add(block);
    }
    t.equal(seen.size, 100);
  }
  t.equal(blocksToCheck(manifest).length, 100);
  const { system, disks } = changed((image) => {
    image[5 * blockBytes]! ^= 1;
  });
  t.match(await check(system, disks, { parts: 4, turn: 1 }), {
    integrity: 'damaged',
    checkedBytes: 3 * blockBytes,
  });
  t.match(await check(system, disks, { parts: 4, turn: 0 }), {
    integrity: 'intact',
    checkedBytes: 3 * blockBytes,
  });
});

t.test('it ends with its time', async (t) => {
  const { system, disks } = changed(() => {});
  const over = AbortSignal.abort(new Error('over'));
  const [partition] = locatedIn(system, disks).partitions;
  const { publicKey } = system.configuration;
  await t.rejects(checkPartition(partition!, { publicKey, signal: over, open: disks.open }), {
    message: 'over',
  });
});
