import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorMessage, everyStepIsDone } from '../../foundation/index.ts';
import { imagesErrors } from '../errors.ts';

/** What components call `core/programs` lies in it. */
const repositoryPath = join(import.meta.dirname, '..', '..');

/**
 * Bundles every program of a folder to one file each, for the Node of the guests (design 3). The npm package brings
 * the bundles along, `*.cjs` in the same folder; there they are taken as they are.
 *
 * @param folder Relative to `root`, the repository. Tests in it (`*.test.ts`) are no programs.
 * @returns File name (`appliance.cjs`) to content, sorted; the same sources give the same bytes.
 * @throws IMAGES_PROGRAMS_INVALID with what esbuild says.
 */
export async function bundlePrograms(
  folder: string,
  root = repositoryPath,
): Promise<Map<string, Uint8Array>> {
  const names = await fileNames(join(root, folder));
  const bundles = names.filter((name) => name.endsWith('.cjs'));
  if (bundles.length > 0) return readBundles(join(root, folder), bundles);
  const sources = names.filter((name) => /^[a-z0-9-]+\.ts$/.test(name));
  if (sources.length === 0) return new Map();
  try {
    // Only here: the npm package does without esbuild.
    const { build } = await import('esbuild');
    const result = await build({
      entryPoints: sources.map((name) => join(folder, name)),
      absWorkingDir: root,
      outdir: '/',
      outExtension: { '.js': '.cjs' },
      bundle: true,
      platform: 'node',
      // Nothing is lowered for a version: what esbuild makes of `await using` in a loop throws one turn's error in all later ones.
      target: 'esnext',
      // Not ES modules: an `import` of node:http reads every name that it exports, some of which load a whole HTTP
      // client of their own. On slow hardware that is a second of every start.
      format: 'cjs',
      define: everyStepIsDone,
      legalComments: 'eof',
      sourcemap: false,
      write: false,
      logLevel: 'silent',
    });
    const files = result.outputFiles.map((file) => [file.path.replace(/.*\//, ''), file.contents] as const);
    return new Map(files.sort(([a], [b]) => (a < b ? -1 : 1)));
  } catch (error) {
    throw imagesErrors.IMAGES_PROGRAMS_INVALID(
      { tried: `bundle ${folder}`, got: errorMessage(error) },
      error,
    );
  }
}

async function fileNames(folderPath: string): Promise<string[]> {
  const names = await readdir(folderPath).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names.sort();
}

async function readBundles(folderPath: string, names: readonly string[]): Promise<Map<string, Uint8Array>> {
  const bundles = new Map<string, Uint8Array>();
  for (const name of names) bundles.set(name, await readFile(join(folderPath, name)));
  return bundles;
}
