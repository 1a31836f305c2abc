import { createHash } from 'node:crypto';
import { matchesGlob } from 'node:path';
import { imagesErrors } from '../errors.ts';
import type { PackageResolver } from '../packages/package-lock.ts';
import type { PackageRecord } from '../packages/package-record.ts';
import { fileSha256, type PackageStore } from '../packages/package-store.ts';
import { npmFilePath, sourceSha256 } from '../packages/stripped-program.ts';
import { readOwnFiles } from '../resolve/component-tree.ts';
import { type Catalogue, selectComponents } from '../selection/catalogue.ts';
import type { Component, Recipe } from '../selection/component.ts';
import { bundlePrograms } from './bundle-programs.ts';

/** Raised when the builder itself makes other bytes from the same inputs. */
const builderVersion = 2;

/** Everything that an image is made from. */
export interface ImageInputs {
  recipe: Recipe;
  initramfsComponents: Component[];
  rootComponents: Component[];
  kernelComponent: Component;
  kernelPackage: PackageRecord;
  /** Of all components, by name. */
  packages: ReadonlyMap<string, PackageRecord>;
  /** Bundled programs by the folder they come from. */
  programs: ReadonlyMap<string, ReadonlyMap<string, Uint8Array>>;
  /** SHA-256 over all of it. */
  hash: string;
}

/**
 * Collects the inputs of an image and hashes them; packages are resolved, but not unpacked.
 *
 * @param extraComponents Names added to the recipe's root tree, or to the initial RAM file system where there is
 * no root tree.
 */
export async function collectInputs(
  recipe: Recipe,
  catalogue: Catalogue,
  extraComponents: readonly string[],
  resolver: PackageResolver,
  store: PackageStore,
  onProgress: (message: string) => void,
): Promise<ImageInputs> {
  const rootless = recipe.root.length === 0;
  const selector = `recipe ${recipe.name}`;
  const initramfsNames = rootless ? [...recipe.initramfs, ...extraComponents] : recipe.initramfs;
  const rootNames = rootless ? [] : [...recipe.root, ...extraComponents];
  const initramfsComponents = selectComponents(catalogue, initramfsNames, selector);
  const rootComponents = selectComponents(catalogue, rootNames, selector);
  const [kernelComponent] = selectComponents(catalogue, [recipe.kernel], selector);
  const kernelPackage = await resolveKernel(kernelComponent!, resolver, store, onProgress);
  const components = [...new Set([...initramfsComponents, ...rootComponents, kernelComponent!])];
  const packages = new Map<string, PackageRecord>();
  for (const name of new Set(components.flatMap((component) => component.packages))) {
    packages.set(name, await resolver.resolve(name));
  }
  const programs = new Map<string, ReadonlyMap<string, Uint8Array>>();
  for (const { from } of components.flatMap((component) => component.programs)) {
    programs.set(from, await bundlePrograms(from));
  }
  const inputs = { recipe, initramfsComponents, rootComponents, kernelComponent: kernelComponent! };
  const hash = await hashInputs(recipe, components, [kernelPackage, ...packages.values()], programs, [
    initramfsNames,
    rootNames,
  ]);
  return { ...inputs, kernelPackage, packages, programs, hash };
}

/** Follows the package that always depends on the newest kernel to the kernel itself. @throws IMAGES_KERNEL_MISSING. */
export async function resolveKernel(
  component: Component,
  resolver: PackageResolver,
  store: PackageStore,
  onProgress: (message: string) => void,
): Promise<PackageRecord> {
  if (component.kernel === undefined) {
    throw imagesErrors.IMAGES_KERNEL_MISSING({ tried: `take the kernel of component ${component.name}` });
  }
  const { metaPackage, package: pattern } = component.kernel;
  const meta = await resolver.resolve(metaPackage);
  const names = (await store.depends(meta, onProgress))
    .split(/[,|]/)
    .map((text) => text.trim().split(/\s/)[0]!);
  const name = names.find((one) => matchesGlob(one, pattern));
  if (name === undefined) {
    throw imagesErrors.IMAGES_KERNEL_MISSING({
      tried: `find ${pattern} among what ${meta.name} ${meta.version} depends on`,
      got: names.join(', '),
      where: component.sourcePath,
    });
  }
  return resolver.resolve(name);
}

async function hashInputs(
  recipe: Recipe,
  components: readonly Component[],
  packages: readonly PackageRecord[],
  programs: ReadonlyMap<string, ReadonlyMap<string, Uint8Array>>,
  names: readonly string[][],
): Promise<string> {
  const described = await Promise.all(components.map(describeComponent));
  const programHashes = [...programs].map(([folder, files]) => [
    folder,
    [...files].map(([name, content]) => [name, createHash('sha256').update(content).digest('hex')]),
  ]);
  const packageHashes = packages.map((record) => record.sha256);
  const text = JSON.stringify({
    builderVersion,
    zstd: process.versions.zstd,
    recipe,
    names,
    components: described,
    packages: packageHashes,
    programs: programHashes,
  });
  return createHash('sha256').update(text).digest('hex');
}

/** A component without the places of the host. */
async function describeComponent(component: Component): Promise<unknown> {
  const { ownFilesPath: _own, sourcePath: _source, ...text } = component;
  const ownFiles = await Promise.all(
    (await readOwnFiles(component)).map(async (file) => [
      file.path,
      file.mode,
      await fileSha256(file.hostPath),
    ]),
  );
  const npmFiles = await Promise.all(
    component.npmFiles.map((file) => sourceSha256(npmFilePath(file.package, file.from, component.name))),
  );
  return { text, ownFiles, npmFiles };
}
