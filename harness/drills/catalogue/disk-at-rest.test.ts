import { chmod, copyFile, readFile, rename } from 'node:fs/promises';
import t from 'tap';
import { sha256Of, smallDisk } from '../../witness/fixtures/small-disk.ts';
import { inspectDisk } from '../../witness/index.ts';
import { DrilledDisk, layout } from './fixtures/drilled-disk.ts';

const disk = await DrilledDisk.make(t);

/** What each fault may change, and nothing else: places of the witness, with how many sectors there. */
const changes: Record<string, Record<string, number>> = {
  'bits-flipped count=1 partition=primary-root': { 'partition 2 (primary-root)': 1 },
  'sectors-damaged first=0 count=3': { 'master boot record': 1, 'outside of every partition': 2 },
  'sectors-damaged partition=backup first=10 count=4': { 'partition 5 (backup)': 4 },
  'boot-record-damaged part=code': { 'master boot record': 1 },
  'boot-record-damaged': { 'master boot record': 1 },
  'volume-boot-record-damaged': { 'partition 1 (primary-system)': 1 },
  'file-system-damaged copies=first': { 'partition 2 (primary-root)': 2 },
  'file-damaged path=/large atMostBytes=1000': { 'partition 2 (primary-root)': 2 },
  'boot-control-damaged': { 'record boot-control, copy 1': 1 },
  'signature-damaged copies=all': { 'record signature, copy 1': 1, 'record signature, copy 2': 1 },
  'licence-damaged how=flip': { 'record licence, copy 1': 1 },
  'backup-damaged': { 'partition 5 (backup)': 8 },
  'backup-damaged part=manifest': { 'partition 5 (backup)': 1 },
  'boot-states-damaged': { 'partition 1 (primary-system)': 8 },
  'boot-states-damaged copies=all partition=1 how=zero': { 'partition 1 (primary-system)': 16 },
};

t.test('a fault at rest changes what it says, proves it, and follows from its seed', async (t) => {
  for (const [text, places] of Object.entries(changes)) {
    await t.test(text, async (t) => {
      const { path, injected } = await disk.inject(text);
      const { sectorsByPlace, sizesBytes } = await disk.differences(path);
      const found = Object.keys(sectorsByPlace).sort();
      t.same(found, Object.keys(places).sort(), 'nothing else has changed');
      for (const [place, sectors] of Object.entries(places)) {
        // What rots may lie across sectors.
        const most = text.startsWith('backup-damaged') ? sectors + 1 : sectors;
        t.ok(
          sectorsByPlace[place]! >= sectors && sectorsByPlace[place]! <= most,
          `${place}: ${sectorsByPlace[place]}`,
        );
      }
      t.equal(sizesBytes[0], sizesBytes[1]);
      t.match(injected.proof(), /[0-9a-f]{2}/);
      t.notOk(injected.happened, 'it has happened');
      t.not(injected.what, '');
      t.equal(
        await sha256Of((await disk.inject(text)).path),
        await sha256Of(path),
        'the same seed, the same',
      );
      if (/how=(zero|flip)/.test(text)) return;
      const other = await disk.inject(text, { seed: 'eight' });
      t.not(await sha256Of(other.path), await sha256Of(path), 'another seed, something else');
    });
  }
});

t.test('the boot record is hit where it says', async (t) => {
  const before = (await readFile(disk.originalPath)).subarray(0, 512);
  const hit = async (part: string) => {
    const { path } = await disk.inject(`boot-record-damaged part=${part} how=flip`);
    const after = (await readFile(path)).subarray(0, 512);
    const bytes = [...after.keys()].filter((index) => after[index] !== before[index]);
    return [bytes.at(0), bytes.at(-1)];
  };
  t.same(await hit('code'), [0, 439]);
  t.same(await hit('table'), [446, 511]);
  t.same(await hit('both'), [0, 511]);
});

t.test('file systems and files are lost as it says', async (t) => {
  const { path } = await disk.inject('file-system-damaged');
  await using broken = await inspectDisk(path, { layout, scratchFolder: disk.folder });
  t.match(await (await broken.partition('primary-root')).check(), { isSound: false });

  const rotten = await disk.inject('file-damaged path=/large atMostBytes=1000');
  t.match(rotten.injected.proof(), /^sha256 of the file [0-9a-f]{64} before, [0-9a-f]{64} after$/);

  const backup = await disk.inject('backup-damaged part=file-system');
  await using withoutBackup = await inspectDisk(backup.path, { layout, scratchFolder: disk.folder });
  t.match(await (await withoutBackup.partition('backup')).check(), { isSound: false });
});

t.test('of boot states the copy is lost that it says', async (t) => {
  const valid = async (text: string) => {
    const { path } = await disk.inject(text);
    await using looked = await inspectDisk(path, { layout, scratchFolder: disk.folder });
    const { copies } = await (await looked.partition(1)).bootStates();
    return copies.flatMap((copy) => (typeof copy === 'string' ? [] : [copy.sequence]));
  };
  t.same(await valid('boot-states-damaged'), [6]);
  t.same(await valid('boot-states-damaged copies=oldest'), [7]);
  t.same(await valid('boot-states-damaged copies=all'), []);
});

t.test('a clone onto a used disk: what was empty outside of partitions holds noise', async (t) => {
  const { path, injected } = await disk.inject('stale-target');
  const { sectorsByPlace } = await disk.differences(path);
  const before = await readFile(disk.originalPath);
  const gap = before.subarray(512, smallDisk.fat.firstSector * 512);
  const empty = Array.from({ length: gap.length / 512 }, (_, sector) =>
    gap.subarray(sector * 512, (sector + 1) * 512).every((byte) => byte === 0),
  ).filter(Boolean).length;
  t.notOk(Object.keys(sectorsByPlace).some((place) => place.startsWith('partition')));
  t.ok(sectorsByPlace['outside of every partition']! >= empty);
  t.notOk(sectorsByPlace['record signature, copy 1'], 'what was not empty is what it was');
  t.match(injected.proof(), /sha256/);
  await using looked = await inspectDisk(path, { layout, scratchFolder: disk.folder });
  t.equal((await looked.partitionTable()).partitions.length, 4);

  const little = await disk.inject('stale-target atMostMiB=1');
  const { differingSectors } = await disk.differences(little.path);
  t.equal(differingSectors, 2048, 'no more than it says');
});

t.test('a disk that ends early', async (t) => {
  const { path, injected } = await disk.inject('disk-truncated percent=50');
  const [before, after] = [await readFile(disk.originalPath), await readFile(path)];
  t.equal(after.length, before.length / 2);
  t.ok(after.equals(before.subarray(0, after.length)));
  t.match(injected.proof(), `${before.length} bytes before, ${after.length} bytes after`);
});

t.test('a fault without effect is refused', async (t) => {
  const refused = async (text: string, code: string, blame: string, around = {}) => {
    await t.rejects(disk.inject(text, around), { code, blame }, text);
  };
  await refused('sectors-damaged first=300 count=4 how=zero', 'FAULTS_NO_EFFECT', 'harness');
  await refused('sectors-damaged first=10000000', 'FAULTS_TARGET_INVALID', 'usage');
  await refused('manufacturing-damaged', 'DRILLS_NOT_APPLICABLE', 'usage');
  await refused('signature-damaged', 'DRILLS_NOT_APPLICABLE', 'usage', { without: 'layout' });
  // Of the witness these are failures of the product; a plan that names what is not there says nothing of it.
  await refused('file-damaged path=/none', 'DRILLS_INJECTION_FAILED', 'harness');
  await refused('volume-boot-record-damaged partition=9', 'DRILLS_INJECTION_FAILED', 'harness');
  await refused('boot-states-damaged partition=2', 'DRILLS_INJECTION_FAILED', 'harness');

  const { path } = await disk.inject('file-system-damaged partition=1');
  await refused('boot-states-damaged', 'DRILLS_NOT_APPLICABLE', 'usage', { path });
  const full = await disk.inject('stale-target');
  await refused('stale-target', 'DRILLS_NOT_APPLICABLE', 'usage', { path: full.path });
});

t.test('what may not be damaged stays as it is', async (t) => {
  const master = await disk.copy();
  await chmod(master, 0o444);
  const overlay = `${await disk.copy()}.overlay.qcow2`;
  await copyFile(master, overlay);
  await chmod(overlay, 0o644);
  const refused = { code: 'DRILLS_NOT_APPLICABLE', blame: 'usage' };
  const texts = [
    ...Object.keys(changes),
    'stale-target',
    'disk-truncated',
    'disk-replaced',
    'disk-of-another-machine',
  ];
  for (const path of [master, overlay]) {
    for (const text of texts) await t.rejects(disk.inject(text, { path }), refused, text);
    t.equal(await sha256Of(path), await sha256Of(disk.originalPath));
  }
  await rename(master, `${master}.gone`);
});
