import { existsSync } from 'node:fs';
import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { runTool } from '../../foundation/index.ts';
import { imagesErrors } from '../errors.ts';
import { fileSha256 } from './package-store.ts';

/**
 * A file of an npm package that package.json pins.
 *
 * @throws IMAGES_NPM_MISSING.
 */
export function npmFilePath(packageName: string, file: string, component: string): string {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${packageName}/package.json`);
    return join(dirname(manifest), file);
  } catch (error) {
    throw imagesErrors.IMAGES_NPM_MISSING(
      { tried: `take ${file} of npm package ${packageName} for component ${component}` },
      error,
    );
  }
}

/** A program without its symbols, made once per content and kept in the cache. Returns its path. */
export async function strippedProgram(
  sourcePath: string,
  cachePath: string,
  onProgress: (message: string) => void,
): Promise<string> {
  const place = join(cachePath, 'stripped', await sourceSha256(sourcePath));
  if (existsSync(place)) return place;
  onProgress(`stripping ${sourcePath}`);
  await mkdir(dirname(place), { recursive: true });
  const temporary = `${place}.${process.pid}.tmp`;
  try {
    await runTool('strip', ['--strip-all', '-o', temporary, sourcePath]);
    await chmod(temporary, 0o755);
    await rename(temporary, place);
  } finally {
    await rm(temporary, { force: true });
  }
  return place;
}

const hashes = new Map<string, Promise<string>>();

/** Node is 120 MB: its hash is taken once per process. */
export function sourceSha256(path: string): Promise<string> {
  const known = hashes.get(path) ?? fileSha256(path);
  hashes.set(path, known);
  return known;
}
