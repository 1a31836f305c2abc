import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { makePlace } from '../../tests/command-line.ts';

t.test('a key is made once, and says where its halves are', async (t) => {
  await using place = await makePlace();
  const path = join(place.folder, 'signing.pem');
  const made = await place.assay(['build', 'key', '--out', path, '--json']);
  t.equal(made.exitCode, 0);
  t.same(JSON.parse(made.stdout), { privateKeyPath: path, publicKeyPath: `${path}.pub` });
  t.equal((await stat(path)).mode & 0o777, 0o600);
  const before = await readFile(path, 'utf8');
  const again = await place.assay(['build', 'key', '--out', path]);
  t.equal(again.exitCode, 2);
  // The folder's name has two words, and so has that of the page.
  t.match(again.stderr, /KNOWN_STATE_KEY_EXISTS \(docs\/errors\/known-state\.md#known_state_key_exists\)/);
  t.equal(await readFile(path, 'utf8'), before);
});

t.test('wrong use is said before anything is built', async (t) => {
  await using place = await makePlace();
  const at = (name: string) => join(place.folder, name);
  await place.assay(['build', 'key', '--out', at('key')]);
  await writeFile(at('layout.yaml'), 'name: mine\ndisks: []\n');
  await writeFile(at('logic.yaml'), 'name: mine\nsteps:\n  - { name: one, do: choose-partitoin }\n');
  await writeFile(at('known-state.json'), '{}');
  const redundant = ['build', 'redundant', '--out', at('set')];
  const signed = [...redundant, '--key', at('key')];
  const update = ['build', 'update', '--out', at('pack'), '--key', at('key')];
  const versioned = [...update, '--partition', 'system-1', '--version', '1.1.0'];
  const cases: [words: string[], says: RegExp][] = [
    [['build', 'key'], /--out FILE/],
    [['build', 'redundant', '--key', at('key')], /--out FOLDER/],
    [['build', 'key', '--out', at('no/folder/key')], /a folder that is there[\s\S]*no\/folder/],
    // What only `assay build` itself takes.
    [[...signed, '--template', 'headless'], /Unknown argument: template/],
    [['build', '--update-lock', 'key', '--out', at('second')], /Unknown argument/],
    [[...signed, '--out', at('layout.yaml')], /layout\.yaml[\s\S]*a folder/],
    [[...versioned, '--out', place.folder], /a file[\s\S]*folder/],
    [redundant, /--key FILE: .*assay build key/],
    [[...redundant, '--key', at('none')], /KNOWN_STATE_KEY_UNUSABLE/],
    [[...redundant, '--key', at('key.pub')], /the public half of a key/],
    [[...signed, '--version', 'a b'], /such as 1\.0\.0/],
    [[...signed, '--layuot', 'x'], /did you mean --layout/],
    [[...signed, '--layout', at('layout.yaml')], /line 2[\s\S]*disks/],
    [[...signed, '--layout', at('none')], /none[\s\S]*KNOWN_STATE_LAYOUT_INVALID/],
    [[...signed, '--logic', at('logic.yaml')], /line 3: .*did you mean "choose-partition"/],
    [[...signed, '--recipe', 'bench'], /IMAGES_RECIPE_UNSUITABLE/],
    [[...update, '--version', '1.1.0'], /--partition NAME/],
    [[...update, '--partition', 'system-1'], /--version VERSION/],
    [[...update, '--partition', 'system-3', '--version', '1.1.0'], /KNOWN_STATE_PARTITION_UNKNOWN/],
    [[...versioned, '--configuration', at('none')], /none/],
    [[...versioned, '--configuration', at('known-state.json')], /layout/],
  ];
  for (const [words, says] of cases) {
    const { exitCode, stderr, stdout } = await place.assay(words);
    t.match(stderr, says, words.join(' '));
    t.match(stderr, /remedy: {3}\S/);
    t.notMatch(stderr, /reserved word/);
    t.equal(exitCode, 2, stderr);
    t.equal(stdout, '');
  }
  await t.rejects(stat(at('set')), { code: 'ENOENT' });
  await t.rejects(stat(at('pack')), { code: 'ENOENT' });
});

t.test('a version that a command asks for is not the version of Assay', async (t) => {
  await using place = await makePlace();
  const help = await place.assay(['build', 'update', '--help']);
  t.match(help.stdout, /--version +of the new system/);
  t.match(help.stdout, /Examples:/);
  t.notMatch(help.stderr, /reserved word/);
  t.notMatch(
    help.stdout,
    /--(template|licence-keys|update-lock)/,
    'nor has it options of `assay build` itself',
  );
  t.match((await place.assay(['build', '--help'])).stdout, /--template/);
  const own = await place.assay(['--version']);
  t.match(own.stdout, /^\d+\.\d+\.\d+\n$/);
});
