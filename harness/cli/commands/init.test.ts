import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { parse } from 'yaml';
import { hostTools } from '../../../foundation/index.ts';
import { makePlace } from '../../../tests/command-line.ts';
import { root } from '../../../tests/source-files.ts';

const made = [
  '.github/workflows/assay.yml',
  '.gitignore',
  'README.md',
  'assay.yaml',
  'package.json',
  'scenarios/appliance/life-cycle.ts',
  'scenarios/machine-survives-a-reset.ts',
  'tsconfig.json',
];

t.test('a laid-out folder is whole, has types, and its scenario passes on a machine', async (t) => {
  await using place = await makePlace();
  const folder = join(place.folder, 'My Gateway');
  const { exitCode, stdout } = await place.assay(['init', 'My Gateway']);
  t.equal(exitCode, 0);
  for (const file of made) t.match(stdout, file);
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  t.equal(files.filter((entry) => entry.isFile()).length, made.length, 'nothing but what was named');
  const text = async (file: string) => readFile(join(folder, file), 'utf8');

  const manifest = JSON.parse(await text('package.json'));
  t.equal(manifest.name, 'my-gateway');
  t.notOk(
    'assay' in manifest.devDependencies,
    'npm is not sent to a registry where somebody else may own the name',
  );
  const workflow = await text('.github/workflows/assay.yml');
  const { steps } = parse(workflow).jobs.scenarios;
  for (const { debianPackage } of hostTools) t.ok(steps[2].run.split(/\s+/).includes(debianPackage));
  t.match(steps.at(-1), { if: 'always()', with: { path: /assay-run/ } });
  for (const file of made) t.notMatch(await text(file), /(?<!\$)\{\{/, `${file}: every place is filled in`);

  t.equal((await place.assay(['run', '--scenarios', join(folder, 'scenarios')])).exitCode, 0);
  await checkTypes(folder);
});

/** As an editor would, with the sources of Assay in the place of its package. */
async function checkTypes(folder: string): Promise<void> {
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  const paths = { assay: [join(root, 'harness/index.ts')] };
  const own = { extends: './tsconfig.json', compilerOptions: { paths }, include: ['scenarios'] };
  await writeFile(join(folder, 'tsconfig.test.json'), JSON.stringify(own));
  const tsc = join(root, 'node_modules/.bin/tsc');
  // The test runner puts its loaders into every process that it sees started; they are none of the compiler's business.
  const words = ['-u', 'NODE_OPTIONS', tsc, '--project', 'tsconfig.test.json'];
  await promisify(execFile)('env', words, { cwd: folder });
}

t.test('the life cycle of the example is a scenario', async (t) => {
  await using place = await makePlace();
  await place.assay(['init', 'it']);
  const listed = await place.assay(['list', '--scenarios', 'it/scenarios/appliance', '--json']);
  t.match(JSON.parse(listed.stdout).scenarios, [{ name: 'damaged-unit-comes-back' }]);
});

t.test('nothing is overwritten, and then nothing is written', async (t) => {
  await using place = await makePlace();
  await writeFile(join(place.folder, 'README.md'), 'mine');
  await writeFile(join(place.folder, 'assay.yaml'), 'appliance: {}');
  const { exitCode, stderr } = await place.assay(['init']);
  t.equal(exitCode, 2);
  t.match(stderr, /README\.md[\s\S]*HARNESS_INIT_WOULD_OVERWRITE/);
  t.match(stderr, 'assay.yaml');
  t.equal(await readFile(join(place.folder, 'README.md'), 'utf8'), 'mine');
  t.notOk(existsSync(join(place.folder, 'package.json')));
});

t.test('--json names folder, files and the next commands', async (t) => {
  await using place = await makePlace();
  const { stdout } = await place.assay(['init', 'it', '--json']);
  t.match(JSON.parse(stdout), { folder: join(place.folder, 'it'), files: made, next: [/cd it/] });
});

t.test('a profile that is wrong is wrong use, before anything runs', async (t) => {
  await using place = await makePlace({ 'a.ts': "scenario('a', { summary: 's' }, () => {});" });
  await writeFile(join(place.folder, 'assay.yaml'), 'appliance:\n  layuot: headless\n');
  const { exitCode, stderr } = await place.assay(['run']);
  t.equal(exitCode, 2);
  t.match(stderr, 'line 2, appliance.layuot: unknown key, did you mean "layout"?');
});
