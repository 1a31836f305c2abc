import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { errorMessage, parseConfig } from '../../../foundation/index.ts';
import { scriptErrors } from '../errors.ts';
import type { Script } from '../script.ts';
import { type PackageManifest, packageManifest } from './script-package.ts';

/** A script that can be sent, as often as wanted. */
export interface ScriptPackage {
  manifest: PackageManifest;
  /** Where the files lie, in the order of the manifest. */
  sourcePaths: readonly string[];
}

/**
 * Puts a script together with those that it calls and with files (spec R10). Each keeps its place relative to the script,
 * so they have to lie in the script's folder. Links are followed to files; those to folders, and empty folders, stay out.
 *
 * @param wanted Files and folders, absolute.
 * @throws SCRIPT_PACKAGE_REFUSED when one lies elsewhere, cannot be read, or all are too large.
 */
export async function packScript(script: Script, wanted: readonly string[]): Promise<ScriptPackage> {
  const sources = new Map<string, { path: string; sizeBytes: number; isExecutable: boolean }>();
  const tried = `pack the script ${script.path} for other machines`;
  const add = async (path: string) => {
    const name = nameOf(path, script);
    const stats = await stat(path);
    const isExecutable = (stats.mode & 0o100) !== 0;
    if (stats.isFile()) sources.set(path, { path: name, sizeBytes: stats.size, isExecutable });
  };
  try {
    for (const path of scriptsOf(script)) await add(path);
    for (const path of wanted) {
      // Before it is looked into: above the script's folder lies everything.
      nameOf(path, script);
      for (const file of await filesBelow(path)) await add(file);
    }
  } catch (error) {
    throw scriptErrors.SCRIPT_PACKAGE_REFUSED({ tried, got: errorMessage(error) }, error);
  }
  const manifest = {
    format: 'assay package 1',
    script: nameOf(scriptsOf(script)[0]!, script),
    files: [...sources.values()],
  };
  try {
    return {
      manifest: parseConfig(packageManifest, manifest, 'the package'),
      sourcePaths: [...sources.keys()],
    };
  } catch (error) {
    const { facts } = error as { facts?: { got?: string } };
    throw scriptErrors.SCRIPT_PACKAGE_REFUSED({ tried, got: facts?.got ?? errorMessage(error) }, error);
  }
}

/**
 * The bytes of a package.
 *
 * @throws SCRIPT_PACKAGE_REFUSED when a file has changed its size since it was packed, is gone, or cannot be read.
 */
export async function* packageBytes({ manifest, sourcePaths }: ScriptPackage): AsyncGenerator<Buffer> {
  yield Buffer.from(`${JSON.stringify(manifest)}\n`);
  for (const [index, path] of sourcePaths.entries()) {
    const { sizeBytes } = manifest.files[index]!;
    let leftBytes = sizeBytes;
    if (sizeBytes > 0) {
      for await (const bytes of beginningOf(path, sizeBytes)) {
        leftBytes -= bytes.length;
        yield bytes;
      }
    }
    if (leftBytes === 0) continue;
    throw scriptErrors.SCRIPT_PACKAGE_REFUSED({
      tried: `send ${path}`,
      expected: `${sizeBytes} bytes, as when it was packed`,
      got: `${sizeBytes - leftBytes}`,
    });
  }
}

/** What cannot be read here must not look like a connection that broke, and be tried again. */
async function* beginningOf(path: string, sizeBytes: number): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(path, { end: sizeBytes - 1 }) as AsyncIterable<Buffer>;
  } catch (error) {
    throw scriptErrors.SCRIPT_PACKAGE_REFUSED({ tried: `send ${path}`, got: errorMessage(error) }, error);
  }
}

/** The script itself, and all that it calls, absolute. */
function scriptsOf(script: Script): string[] {
  const called = script.steps.flatMap((step) => (step.called === undefined ? [] : scriptsOf(step.called)));
  return [resolve(script.path), ...called];
}

async function filesBelow(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function nameOf(path: string, script: Script): string {
  const name = relative(dirname(resolve(script.path)), path);
  if (name.split('/')[0] !== '..') return name;
  throw new Error(`${path} does not lie in the folder of the script, ${script.folder}`);
}
