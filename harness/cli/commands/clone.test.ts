import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { makeSmallMaster, mebibyte, sha256 } from '../../../core/factory/clone/fixtures/small-master.ts';
import { makePlace } from '../../../tests/command-line.ts';

t.test('clones, and says what it did', async (t) => {
  await using place = await makePlace();
  const master = await makeSmallMaster(join(place.folder, 'master.raw'));
  const { exitCode, stdout, stderr } = await place.assay([
    'clone',
    'master.raw',
    '--count',
    '2',
    '--out',
    'out',
  ]);
  t.equal(stderr, '');
  t.equal(exitCode, 0);
  t.match(stdout, /^copy 0 % of master\.raw, 2 clones\n/);
  t.match(stdout, /\nverify 100 % of master\.raw, 2 clones, .+\/s\n/);
  t.match(stdout, /\nout\/master-0001\.raw: 9 MiB, (copy|reflink), verified (past|after) /);
  t.match(
    stdout,
    /\n2 clones of master\.raw in .* s: 18 MiB of disks, .*\/s, holes included\nout\/clones\.json\n$/,
  );
  for (const name of ['master-0001.raw', 'master-0002.raw']) {
    t.equal(await sha256(join(place.folder, 'out', name)), await sha256(master));
  }
});

t.test('as JSON, with nothing else on stdout', async (t) => {
  await using place = await makePlace();
  const master = await makeSmallMaster(join(place.folder, 'master.raw'), { stage: 'template' });
  const words = ['clone', 'master.raw', '--to', 'a.raw', '--to', 'b.raw', '--digest', '--force', '--json'];
  const { exitCode, stdout, stderr } = await place.assay(words);
  t.equal(exitCode, 0);
  t.match(stderr, /note: master\.raw is cloned by force, although: .*"template"/);
  const digest = await sha256(master);
  const result = JSON.parse(stdout);
  t.match(result, { masters: [{ sha256: digest }] });
  t.match(
    result.clones.map(({ sha256, verified }: { sha256: string; verified: boolean }) => ({
      sha256,
      verified,
    })),
    [
      { sha256: digest, verified: true },
      { sha256: digest, verified: true },
    ],
  );
  const plain = await place.assay(['clone', 'master.raw', '--to', 'c.raw', '--force', '--no-verify']);
  t.match(plain.stdout, /c\.raw: 9 MiB, (copy|reflink), NOT verified\n/);
});

t.test('wrong use ends with 2, and changes nothing', async (t) => {
  await using place = await makePlace();
  await makeSmallMaster(join(place.folder, 'master.raw'));
  await makeSmallMaster(join(place.folder, 'template.raw'), { stage: 'template' });
  await writeFile(join(place.folder, 'taken.raw'), 'mine');
  const cases: [words: string[], says: RegExp][] = [
    [[], /Not enough non-option arguments/],
    [
      ['master.raw'],
      /neither targets nor a folder[\s\S]*CORE_CLONE_TARGETS_INVALID \(docs\/errors\/core\.md/,
    ],
    [['nowhere.raw', '--out', 'out'], /ENOENT[\s\S]*CORE_CLONE_MASTER_UNUSABLE/],
    [['template.raw', '--out', 'out'], /"template"[\s\S]*--force[\s\S]*CORE_CLONE_NOT_A_MASTER/],
    [['master.raw', '--count', '0', '--out', 'out'], /whole number/],
    [['master.raw', '--count', '2'], /without a folder/],
    [['master.raw', '--out'], /Not enough arguments/],
    [['master.raw', '--to', 'taken.raw'], /--overwrite[\s\S]*CORE_CLONE_TARGET_EXISTS/],
    [['master.raw', '--to', 'master.raw', '--overwrite'], /master itself/],
    [['master.raw', '--dgest', '--out', 'out'], /did you mean --digest/],
  ];
  const before = await readdir(place.folder);
  for (const [words, says] of cases) {
    const { exitCode, stderr, stdout } = await place.assay(['clone', ...words]);
    t.equal(exitCode, 2, `assay clone ${words.join(' ')}`);
    t.match(stderr, says);
    t.equal(stdout, '');
    t.same(await readdir(place.folder), before);
  }
  t.equal(await readFile(join(place.folder, 'taken.raw'), 'utf8'), 'mine');
});

t.test('Ctrl-C ends it cleanly', async (t) => {
  await using place = await makePlace();
  // Nearly all holes: it takes no space and, by its mere size, some time.
  await makeSmallMaster(join(place.folder, 'master.raw'), { sizeBytes: 400 * 1024 * mebibyte });
  const { child, ended, shows } = place.start(['clone', 'master.raw', '--count', '2', '--out', 'out']);
  await shows('copy 0 %');
  child.kill('SIGINT');
  const { exitCode, stderr } = await ended;
  t.equal(exitCode, 130);
  t.match(stderr, 'HARNESS_INTERRUPTED');
  t.same((await readdir(place.folder)).sort(), ['master.raw', 'scenarios']);
});
