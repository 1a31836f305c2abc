import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { execa } from 'execa';
import { bundleApplications } from '../core/applications/bundle-applications.ts';
import { coreSourcesHash } from '../harness/appliance/core-sources-hash.ts';
import { bundlePrograms } from '../images/build/bundle-programs.ts';

const repositoryFolder = join(import.meta.dirname, '..');

/** What users need; scenarios, benchmarks and tests stay in the repository. */
const shippedFolders = ['foundation', 'core', 'vm', 'images', 'reports', 'harness'];

const isForTests = (path: string) =>
  /\.test\.ts$|\/(fixtures|test-data|tap-testdir-[^/]*|\.tap)(\/|$)/.test(path);

/**
 * Makes the folder that the npm package ships: the shipped folders of the repository, in the same places, compiled to
 * JavaScript and declarations, for Node strips no types below `node_modules` (design 4).
 *
 * What runs inside guests is bundled here and not on the user's machine: so images are byte for byte those that the
 * repository tests, whatever versions of npm packages the user has, and both have the same keys in the cache.
 *
 * @param folder Emptied first.
 * @throws what the compiler and esbuild throw.
 */
export async function buildPackage(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await compile(folder);
  for (const shipped of shippedFolders) await copyData(join(repositoryFolder, shipped), folder);
  await bundleForGuests(folder);
  await writeManifest(folder);
}

async function compile(folder: string): Promise<void> {
  const manifest = createRequire(import.meta.url).resolve('typescript/package.json');
  const compiler = join(dirname(manifest), 'bin', 'tsc');
  const project = join(repositoryFolder, 'tsconfig.package.json');
  await execa(process.execPath, [compiler, '--project', project, '--outDir', folder], {
    stdio: ['ignore', 2, 2],
  });
}

/** All that is not TypeScript: catalogue, layouts, files of guests, the boot loader's assembly. */
async function copyData(source: string, folder: string): Promise<void> {
  for (const entry of await readdir(source, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || path.endsWith('.ts') || isForTests(path)) continue;
    const place = join(folder, relative(repositoryFolder, path));
    await mkdir(dirname(place), { recursive: true });
    await cp(path, place);
  }
}

/** Puts the bundles beside the compiled sources, where those who want them look first. */
async function bundleForGuests(folder: string): Promise<void> {
  for (const [name, content] of await bundlePrograms('core/programs')) {
    await writeFile(join(folder, 'core', 'programs', name), content);
  }
  await bundleApplications(join(folder, 'core', 'applications'));
  await writeFile(join(folder, 'core', 'sources.sha256'), `${await coreSourcesHash()}\n`);
}

/** The compiled files read the version where the sources do: two folders above the command line. */
async function writeManifest(folder: string): Promise<void> {
  const { name, version, type } = JSON.parse(await readFile(join(repositoryFolder, 'package.json'), 'utf8'));
  await writeFile(join(folder, 'package.json'), `${JSON.stringify({ name, version, type }, undefined, 2)}\n`);
}
