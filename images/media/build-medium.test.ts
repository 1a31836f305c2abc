import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { runTool } from '../../foundation/index.ts';
import { buildMedium, mediumFiles } from './build-medium.ts';
import { isolinuxConfiguration } from './medium-loader.ts';

// The first medium on a machine has to be compressed, and its packages downloaded.
t.setTimeout(1_200_000);

const megabyte = 1_000_000;
const script = 'name: one\nsteps:\n  - { name: hello, do: log, with: { text: hello } }\n';

t.test('the medium starts by itself, holds what it was given, is small, and always the same', async (t) => {
  const folder = t.testdir();
  const filesFolder = join(folder, 'files');
  const scriptPath = join(folder, 'my script.yaml');
  await mkdir(join(filesFolder, 'drivers'), { recursive: true });
  await writeFile(join(filesFolder, 'drivers/list=all.txt'), 'e1000e\n');
  await writeFile(join(filesFolder, 'script.yaml'), script.replace('one', 'two'));
  await writeFile(scriptPath, script);
  const given = { filesFolder, scriptPath };
  const medium = await buildMedium({ ...given, outPath: join(folder, 'one.iso') });
  t.ok(medium.sizeBytes < 60 * megabyte, `${medium.sizeBytes} bytes`);
  t.equal(medium.parts.files, 'e1000e\n'.length + script.length);

  const inside = await runTool('xorriso', ['-indev', medium.path, '-find', '/', '-type', 'f']);
  const paths = inside.stdout.split('\n').map((line) => line.replaceAll("'", ''));
  t.ok(paths.includes('/assay/drivers/list=all.txt'), inside.stdout);
  const extracted = join(folder, 'script.yaml');
  await runTool('xorriso', [
    '-osirrox',
    'on',
    '-indev',
    medium.path,
    '-extract',
    '/assay/script.yaml',
    extracted,
  ]);
  t.equal(await readFile(extracted, 'utf8'), script, 'the script given by itself wins');
  const elTorito = await runTool('xorriso', ['-indev', medium.path, '-report_el_torito', 'plain']);
  t.match(elTorito.stdout, /El Torito boot img :\s+1\s+BIOS\s+y\s+none/, 'BIOS, bootable, no emulation');
  const table = JSON.parse((await runTool('sfdisk', ['--json', medium.path])).stdout).partitiontable;
  t.ok(
    table.partitions.some(({ bootable }: { bootable?: boolean }) => bootable),
    'it starts from a disk, too',
  );

  const again = await buildMedium({ ...given, outPath: join(folder, 'two.iso') });
  t.equal(again.sha256, medium.sha256);
  await writeFile(join(filesFolder, 'drivers/list=all.txt'), 'e1000\n');
  const other = await buildMedium({ ...given, outPath: join(folder, 'two.iso') });
  t.not(other.mediumId, medium.mediumId, 'other content is another medium');
});

t.test('files have the same names below /assay however their folder is named', async (t) => {
  const folder = t.testdir({ lib: { 'list.txt': 'e1000\n' }, 'script.yaml': script });
  const before = process.cwd();
  t.teardown(() => process.chdir(before));
  process.chdir(join(folder, 'lib'));
  for (const filesFolder of ['..', '../', `../../${folder.split('/').at(-1)}`, folder]) {
    const names = (await mediumFiles({ filesFolder })).map(([name]) => name);
    t.same(names, ['lib/list.txt', 'script.yaml'], filesFolder);
  }
  t.same(
    (await mediumFiles({ filesFolder: '.' })).map(([name]) => name),
    ['list.txt'],
  );
});

t.test('what cannot be is refused, and what lay there stays', async (t) => {
  const folder = t.testdir({ 'medium.iso': 'mine' });
  const outPath = join(folder, 'medium.iso');
  const code = 'IMAGES_MEDIUM_INVALID';
  await t.rejects(buildMedium({ outPath, limitSeconds: 59 }), { code, facts: { got: '59 s' } });
  await t.rejects(buildMedium({ outPath, limitSeconds: 60.5 }), { code });
  await t.rejects(buildMedium({ outPath, limitSeconds: 32 * 86_400 }), { code });
  await t.rejects(buildMedium({ outPath, shell: 'sh -c "x"' }), { code, facts: { got: 'sh -c "x"' } });
  await t.rejects(buildMedium({ outPath, filesFolder: join(folder, 'none') }), { code });
  await t.rejects(buildMedium({ outPath, scriptPath: join(folder, 'none.yaml') }), { code });
  const filesFolder = join(folder, 'files');
  await mkdir(filesFolder);
  await symlink('gone', join(filesFolder, 'link'));
  const where = join(filesFolder, 'link');
  await t.rejects(buildMedium({ outPath, filesFolder }), { code, facts: { where } });
  t.equal(await readFile(outPath, 'utf8'), 'mine');
});

t.test('a script with a mistake is refused with its lines, also in one that it calls', async (t) => {
  const folder = t.testdir({
    'main.yaml': 'name: main\nsteps:\n  - { name: other, do: call, with: { script: lib/other.yaml } }\n',
    files: { lib: { 'other.yaml': 'name: other\nsteps:\n  - name: hello\n    do: lgo\n' } },
  });
  const filesFolder = join(folder, 'files');
  const refused = buildMedium({
    ...{ outPath: join(folder, 'medium.iso'), filesFolder, scriptPath: join(folder, 'main.yaml') },
  });
  await t.rejects(refused, {
    code: 'SCRIPT_INVALID',
    facts: { got: `${join(filesFolder, 'lib/other.yaml')}, line 4: ` },
  });
});

t.test('both modes are on the medium; only the reduced one has the flag', (t) => {
  const kernelArguments = ['console=ttyS0,115200'];
  const loader = { mediumId: '0123', kernelArguments, limitSeconds: 60, shell: '/bin/ash' };
  const text = isolinuxConfiguration({ ...loader, mode: 'normal' });
  t.match(text, /^DEFAULT normal$/m);
  const [, reduced, normal] = text.split(/^LABEL /m);
  t.match(
    reduced,
    /^reduced\n[\s\S]* assay\.medium=0123 assay\.reduced assay\.limit=60 assay\.shell=\/bin\/ash$/m,
  );
  t.match(normal, /^normal\n[\s\S]* assay\.medium=0123$/m);
  t.notMatch(normal, 'assay.reduced');
  t.end();
});
