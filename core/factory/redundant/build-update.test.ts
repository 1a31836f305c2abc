import { randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { openManifest } from '../../known-state/manifest.ts';
import { openPack } from '../../known-state/pack.ts';
import { buildUpdate } from './build-update.ts';
import { mebibyte, smallInputs } from './fixtures/small-set.ts';

t.setTimeout(240_000);

t.test('an update has one partition with all its blocks, at the same places', async (t) => {
  const folder = t.testdir();
  const given = await smallInputs(folder);
  const { areas, publicKey } = given.configuration;
  const update = async (partition: string, version: string) => {
    const outPath = join(folder, `${partition}-${version}.pack`);
    await buildUpdate({ ...given, version, partition, outPath });
    return outPath;
  };
  for (const [partition, version] of [
    ['system-1', '1.1.0'],
    ['system-2', '1.2.0'],
  ] as const) {
    await using pack = await openPack(await update(partition, version));
    t.same([Object.keys(pack.manifests), Object.keys(pack.bootRecords)], [[partition], []]);
    const manifest = openManifest(pack.manifests[partition]!, publicKey);
    t.match(manifest, { partition, version, ...areas[partition] });
    t.same(
      manifest.blocks.filter((hash) => !pack.has(hash)),
      [],
    );
  }

  const squashfsPath = join(folder, 'newer.squashfs');
  await writeFile(squashfsPath, randomBytes(5 * mebibyte));
  await using before = await openPack(await update('system-1', '1.0.0'));
  given.system.squashfsPath = squashfsPath;
  await using after = await openPack(await update('system-1', '2.0.0'));
  const blocksOf = (pack: typeof after) => openManifest(pack.manifests['system-1']!, publicKey).blocks;
  const shared = blocksOf(after).filter((hash) => blocksOf(before).includes(hash));
  t.ok(shared.length > 8, `kernel and initial RAM file system are the same: ${shared.length} blocks`);
  t.ok(blocksOf(after).length - shared.length > 19, 'the root file system is another one');
});

t.test('an update for a partition that is not there, or with other places, is refused', async (t) => {
  const folder = t.testdir({ 'update.pack': 'the one before' });
  const given = await smallInputs(folder);
  const update = { ...given, version: '1.1.0', outPath: join(folder, 'update.pack') };
  const unknown = { code: 'KNOWN_STATE_PARTITION_UNKNOWN', facts: { got: 'data' } };
  await t.rejects(buildUpdate({ ...update, partition: 'data' }), unknown);
  const moved = structuredClone(given.configuration);
  moved.areas['system-1']!.manifest.offsetBytes += 4096;
  const refused = buildUpdate({ ...update, configuration: moved, partition: 'system-1' });
  await t.rejects(refused, { code: 'KNOWN_STATE_PLACE_UNUSABLE', facts: { where: 'system-1' } });
  t.equal(await readFile(update.outPath, 'utf8'), 'the one before');
  t.same(
    (await readdir(folder)).filter((name) => name.startsWith('.building')),
    [],
  );
});
