import { existsSync } from 'node:fs';
import { access, cp, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import t from 'tap';
import { applicationNames } from '../core/applications/application.ts';
import { bundleApplications } from '../core/applications/bundle-applications.ts';
import { coreSourcesHash } from '../harness/appliance/core-sources-hash.ts';
import { bundlePrograms } from '../images/build/bundle-programs.ts';
import { root } from '../tests/source-files.ts';
import { packageUser } from './fixtures/package-user.ts';

// A ceiling: five times what it takes on two cores without KVM.
t.setTimeout(600_000);

const user = await packageUser();
t.teardown(() => user[Symbol.asyncDispose]());

const files = (await readdir(user.contents, { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile())
  .map((entry) => relative(user.contents, join(entry.parentPath, entry.name)))
  .sort();
const compiled = files.filter((path) => /^dist\/.*\.js$/.test(path));
const textOf = (path: string) => readFile(join(user.contents, path), 'utf8');
const manifest = JSON.parse(await textOf('package.json'));

t.test('the package has what users need, and nothing else', async (t) => {
  const wanted = ['LICENSE', 'README.md', 'assay', 'docs/package.md', 'docs/errors/harness.md'];
  for (const path of wanted) t.ok(files.includes(path), path);
  const declared = Object.values({ ...manifest.bin, ...manifest.exports['.'] }) as string[];
  t.equal(declared.length, 3, 'a command, an entry, its declarations');
  for (const path of declared) t.ok(files.includes(path.replace('./', '')), path);
  t.equal(manifest.private, true, 'and nobody publishes it by accident');

  const outside = files.filter((path) => !/^(dist|docs)\//.test(path));
  t.same(outside, ['LICENSE', 'README.md', 'assay', 'package.json']);
  const unwanted =
    /\.test\.|(^|\/)(fixtures|test-data|node_modules|bench\/(?!etc)|scenarios\/(?!.*template$))|\.map$|^docs\/.*(?<!\.md)$/;
  t.same(
    files.filter((path) => unwanted.test(path) && !path.startsWith('dist/images/files/')),
    [],
  );
  t.same(
    files.filter((path) => /\.ts$/.test(path) && !/\.d\.ts$/.test(path)),
    [],
    'no source of TypeScript',
  );
  t.ok((await stat(user.tarball)).size < 2_500_000, 'and is small');
});

t.test('every data file of the repository is there, with its mode', async (t) => {
  for (const folder of ['images', 'core', 'harness']) {
    for (const entry of await readdir(join(root, folder), { recursive: true, withFileTypes: true })) {
      const path = relative(root, join(entry.parentPath, entry.name));
      if (!entry.isFile() || path.endsWith('.ts') || /fixtures|tap-testdir/.test(path)) continue;
      const packed = await stat(join(user.contents, 'dist', path)).catch(() => undefined);
      t.equal(Number(packed?.mode) & 0o100, (await stat(join(root, path))).mode & 0o100, path);
    }
  }
});

t.test('compiled files find what they name', async (t) => {
  const missing: string[] = [];
  for (const path of compiled) {
    const text = await textOf(path);
    const beside = dirname(join(user.contents, path));
    const isThere = (name: string) => existsSync(resolve(beside, name));
    const isFound = (name: string) => (name.startsWith('.') ? isThere(name) : isGivenToUsers(name));
    const lost = [
      ...importsOf(text).filter((name) => !isFound(name)),
      ...urlsOf(text).filter((name) => !isThere(name)),
    ];
    missing.push(...lost.map((name) => `${path}: ${name}`));
    if (text.includes('sourceMappingURL')) missing.push(`${path}: a source map`);
  }
  t.same(missing, []);
});

function importsOf(text: string): string[] {
  const places =
    /(?:(?:^import|^export|^\}).*\bfrom |^import |\bimport\(|import\.meta\.resolve\()['"]([^'"]+)['"]/gm;
  return [...text.matchAll(places)].map((match) => match[1]!);
}

function urlsOf(text: string): string[] {
  return [...text.matchAll(/new URL\(['"]([^'"]+)['"], import\.meta\.url\)/g)].map((match) => match[1]!);
}

function isGivenToUsers(name: string): boolean {
  // It bundles what runs in guests, which was done before packing.
  if (name.startsWith('node:') || name === 'esbuild') return true;
  const packageName = /^(@[^/]+\/)?[^/]+/.exec(name)![0];
  return manifest.dependencies[packageName] !== undefined;
}

t.test('packing leaves nothing in the checkout', async (t) => {
  await t.rejects(access(join(root, 'dist')));
});

t.test('it is installed with an empty npm configuration', async (t) => {
  const { exitCode, stdout, stderr } = await user.run('npm', [
    'install',
    '--no-audit',
    '--no-fund',
    user.tarball,
  ]);
  t.equal(exitCode, 0, stderr);
  t.notMatch(`${stdout}${stderr}`, /npm warn/, 'without a word of warning');
});

t.test('what runs in guests, and the keys of what is cached, are those of the checkout', async (t) => {
  const packed = (path: string) => import(join(user.folder, 'node_modules/assay/dist', path));
  const { bundlePrograms: packedPrograms } = await packed('images/build/bundle-programs.js');
  const programs: Map<string, Uint8Array> = await packedPrograms('core/programs');
  const ours = await bundlePrograms('core/programs');
  t.same([...programs.keys()], [...ours.keys()]);
  for (const [name, content] of ours) t.equal(Buffer.compare(content, programs.get(name)!), 0, name);

  const { bundleApplications: packedApplications } = await packed('core/applications/bundle-applications.js');
  const folder = t.testdir();
  await packedApplications(join(folder, 'packed'));
  await bundleApplications(join(folder, 'made'));
  for (const name of applicationNames) {
    const bundles = ['packed', 'made'].map((place) =>
      readFile(join(folder, place, name, 'main.cjs'), 'utf8'),
    );
    const [copied, made] = await Promise.all(bundles);
    t.ok(copied === made, name);
  }

  const { coreSourcesHash: packedHash } = await packed('harness/appliance/core-sources-hash.js');
  t.equal(await packedHash(), await coreSourcesHash());
});

t.test('whatever Node the user has, it runs on its own', async (t) => {
  const old = t.testdir({ bin: { node: '#!/bin/sh\nexit 99\n' } });
  await user.run('chmod', ['+x', join(old, 'bin/node')]);
  const env = { PATH: `${old}/bin:/usr/bin:/bin` };
  const { exitCode, stdout, stderr } = await user.run('node_modules/.bin/assay', ['--version'], env);
  t.match({ exitCode, stdout }, { exitCode: 0, stdout: `${manifest.version}\n` }, stderr);
});

t.test('scenarios are checked against its declarations', async (t) => {
  const types = join(user.folder, 'node_modules/@types');
  await mkdir(types, { recursive: true });
  await symlink(join(root, 'node_modules/@types/node'), join(types, 'node'));
  const folder = join(user.folder, 'typed');
  await cp(join(root, 'scenarios'), folder, { recursive: true, filter: (path) => !/\.test\.ts$/.test(path) });
  const wrong = `import { scenario } from 'assay';\n// @ts-expect-error\nscenario(42);\n`;
  await writeFile(join(folder, 'wrong.ts'), wrong);
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n');
  for (const [moduleResolution, module] of [
    ['nodenext', 'nodenext'],
    ['bundler', 'preserve'],
  ]) {
    const compilerOptions = {
      ...{ module, moduleResolution, noEmit: true, strict: true, skipLibCheck: false, types: ['node'] },
      ...{ target: 'es2024', lib: ['es2024', 'esnext.disposable'], exactOptionalPropertyTypes: true },
    };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const { exitCode, stdout } = await user.run(process.execPath, [tsc, '--project', folder]);
    t.equal(exitCode, 0, `${moduleResolution}: ${stdout}`);
  }
});

t.test('assay init makes an example, and it passes on a real machine', async (t) => {
  const made = await user.run('npx', ['assay', 'init']);
  t.equal(made.exitCode, 0, made.stderr);
  const listed = await user.run('npx', ['assay', 'list', '--json']);
  t.match(JSON.parse(listed.stdout), { scenarios: [{ name: String }] });

  const run = await user.run('npx', ['assay', 'run', '--plain', '--timeout-scale', '3']);
  t.equal(run.exitCode, 0, `${run.stdout}${run.stderr}`);
  t.equal(run.stderr, '');
  t.match(run.stdout, /1 passed, 0 failed, 0 errored, 0 skipped/);
  const latest = join(user.folder, '.assay/runs/latest');
  const summary = JSON.parse(await readFile(join(latest, 'summary.json'), 'utf8'));
  t.match(summary, { counts: { passed: 1, failed: 0 } });
  for (const report of ['junit.xml', 'results.tap', 'report.html']) {
    t.match(await readFile(join(latest, report), 'utf8'), 'machine-survives-a-reset', report);
  }
});
