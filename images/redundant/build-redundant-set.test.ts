import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { makeSigningKey, readSigningKey } from '../../core/factory/redundant/signing-key.ts';
import { openManifest } from '../../core/known-state/manifest.ts';
import { openPack } from '../../core/known-state/pack.ts';
import { runTool } from '../../foundation/index.ts';
import { buildRedundantSet } from './build-redundant-set.ts';
import { buildSystemUpdate } from './build-system-update.ts';

// The first set on a machine has to be compressed, and its packages downloaded.
t.setTimeout(1_200_000);

const logic = 'name: one\nsteps:\n  - { name: hello, do: log, with: { text: hello } }\n';
const firstPartitionBytes = 1024 * 1024;

async function keyAt(path: string) {
  await makeSigningKey(path);
  return await readSigningKey(path);
}

t.test('medium and systems carry the same places, and updates go with them', async (t) => {
  const folder = t.testdir({ 'logic.yaml': logic, files: { 'notes.txt': 'mine\n' } });
  const key = await keyAt(join(folder, 'key.pem'));
  const set = await buildRedundantSet({
    ...{ key, version: '1.0.0', outFolder: join(folder, 'set') },
    ...{ logicPath: join(folder, 'logic.yaml'), mediumFilesFolder: join(folder, 'files') },
  });
  const text = await readFile(set.configurationPath, 'utf8');
  t.equal(JSON.parse(text).publicKey, key.publicKey);

  const onMedium = join(folder, 'on-medium');
  await runTool('xorriso', ['-osirrox', 'on', '-indev', set.medium.path, '-extract', '/assay', onMedium]);
  t.equal(await readFile(join(onMedium, 'script.yaml'), 'utf8'), logic);
  t.equal(await readFile(join(onMedium, 'notes.txt'), 'utf8'), 'mine\n');
  t.equal(await readFile(join(onMedium, 'system/known-state.json'), 'utf8'), text);
  const pack = await readFile(set.packPath);
  t.ok((await readFile(join(onMedium, 'system/system.pack'))).equals(pack));

  const squashfs = join(folder, 'root.squashfs');
  const partition = `${set.diskPaths.system}@@${firstPartitionBytes}`;
  await runTool('mcopy', ['-i', partition, '::/root.squashfs', squashfs], {
    env: { MTOOLS_SKIP_CHECK: '1' },
  });
  const sealed = await runTool('unsquashfs', ['-cat', squashfs, 'etc/assay/known-state.json']);
  t.equal(sealed.stdout, text);
  const feeder = await runTool('unsquashfs', ['-ll', squashfs, 'usr/libexec/assay/feed-watchdog']);
  t.match(feeder.stdout, /^-rwxr-xr-x .*feed-watchdog$/m);

  const update = { key, partition: 'system-1', version: '1.1.0', outPath: join(folder, 'update.pack') };
  await buildSystemUpdate({ ...update, configurationPath: set.configurationPath });
  await using updated = await openPack(update.outPath);
  t.match(openManifest(updated.manifests['system-1']!, key.publicKey), { version: '1.1.0' });

  const mismatch = { code: 'IMAGES_UPDATE_MISMATCH', facts: { where: set.configurationPath } };
  const another = await keyAt(join(folder, 'another.pem'));
  await t.rejects(
    buildSystemUpdate({ ...update, key: another, configurationPath: set.configurationPath }),
    mismatch,
  );
  const layoutPath = join(folder, 'layout.yaml');
  const layout = await readFile(new URL('../layouts/redundant.yaml', import.meta.url), 'utf8');
  await writeFile(layoutPath, layout.replace('127MiB', '126MiB'));
  await t.rejects(
    buildSystemUpdate({ ...update, layoutPath, configurationPath: set.configurationPath }),
    mismatch,
  );
});
