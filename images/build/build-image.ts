import { join } from 'node:path';
import type { FileTree } from '../../core/factory/file-tree.ts';
import { defaultCachePath } from '../../foundation/index.ts';
import { PackageResolver } from '../packages/package-lock.ts';
import { PackageStore } from '../packages/package-store.ts';
import { readCatalogue, readRecipe } from '../selection/catalogue.ts';
import { cachedImage } from './image-cache.ts';
import { collectInputs } from './image-inputs.ts';
import { makeImage } from './make-image.ts';

export interface BuildOptions {
  /** The folder of caches; `$XDG_CACHE_HOME/assay` without it. */
  cachePath?: string;
  /** A folder with components of the user's own (spec R1): `NAME.yaml`, own files in `NAME/`. */
  extraComponentsFolder?: string;
  /** Names of components that the image has beside those of its recipe. */
  extraComponents?: readonly string[];
  /** A folder of recipes to take instead of Assay's. */
  recipesFolder?: string;
  /** The lock of packages to take instead of Assay's. */
  lockPath?: string;
  /** A locked package that is gone is an error (`--locked`). */
  locked?: boolean;
  /** One line on what is being done. */
  onProgress?: (message: string) => void;
}

/** What one component puts into an image. */
export interface ComponentSize {
  component: string;
  installedBytes: number;
  /** Its files, relative to the folder of the image. */
  files: readonly string[];
}

/** A built operating system of any recipe. */
export interface BuiltImage {
  name: string;
  /** Where it lies in the cache. */
  path: string;
  kernelPath: string;
  initramfsPath: string;
  kernelArguments: readonly string[];
  /** Empty when the system lives in its initial RAM file system. */
  rootTree: FileTree;
  inputsHash: string;
  /** Names of the Debian packages that it was made from. */
  packages: readonly string[];
  components: readonly ComponentSize[];
  /** Packages that are not the locked ones, as sentences; also said by `onProgress` (design 2). */
  unlocked: readonly string[];
}

/**
 * Builds the operating system of a recipe, or takes it from the cache when the same inputs were built before
 * (spec R1, R2).
 *
 * @throws errors of `images/` and FOUNDATION_CONFIG_INVALID; nothing half-built is left in the cache.
 */
export async function buildImage(recipeName: string, options: BuildOptions = {}): Promise<BuiltImage> {
  const { cachePath = defaultCachePath(), locked = false, onProgress = () => {} } = options;
  const recipe = await readRecipe(recipeName, options.recipesFolder);
  const catalogue = await readCatalogue(options.extraComponentsFolder);
  const store = new PackageStore(cachePath);
  const lockOptions = { locked, updateLock: false, onProgress };
  const resolver = await PackageResolver.open(store, lockOptions, options.lockPath);
  const extraComponents = options.extraComponents ?? [];
  const inputs = await collectInputs(recipe, catalogue, extraComponents, resolver, store, onProgress);
  const image = await cachedImage(join(cachePath, 'images'), inputs.hash, (path) => {
    onProgress(`building ${recipe.name}`);
    return makeImage(path, inputs, store, cachePath, onProgress);
  });
  return { ...image, unlocked: resolver.unlocked };
}
