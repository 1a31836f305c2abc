import { createHash } from 'node:crypto';
import { assembleWatchdogFeeder } from '../../core/boot-loader/assemble-watchdog-feeder.ts';
import { watchdogFeederPath } from '../../core/boot-loader/watchdog.ts';
import type { FileTreeEntry } from '../../core/factory/file-tree.ts';
import { mergeTree } from '../../core/factory/merge-tree.ts';
import { encodeConfiguration } from '../../core/factory/redundant/build-redundant.ts';
import type { RedundantSystem } from '../../core/factory/redundant/make-redundant-partition.ts';
import type { KnownStateConfiguration } from '../../core/known-state/configuration.ts';
import { runningPlaces } from '../../core/known-state/running/running-places.ts';
import { defaultCachePath } from '../../foundation/index.ts';
import { type BuildOptions, type BuiltImage, buildImage } from '../build/build-image.ts';
import { imagesErrors } from '../errors.ts';
import { rootSquashfs } from '../media/root-squashfs.ts';

/** The recipe of the system that comes with Assay. */
export const redundantRecipe = 'redundant-system';

/**
 * Builds the system of redundant partitions: the image of a recipe, which carries the places of its layout, as the
 * files that a partition holds.
 *
 * @throws IMAGES_RECIPE_UNSUITABLE when the recipe has no root file system, and the errors of {@link buildImage}.
 */
export async function buildSealedSystem(
  recipe: string,
  configuration: KnownStateConfiguration,
  options: BuildOptions,
): Promise<{ system: RedundantSystem; image: BuiltImage }> {
  const { cachePath = defaultCachePath(), onProgress = () => {} } = options;
  const image = await buildImage(recipe, options);
  if (image.rootTree.length === 0) {
    throw imagesErrors.IMAGES_RECIPE_UNSUITABLE({
      ...{
        tried: `make a redundant system of the recipe ${recipe}`,
        got: 'none: it lives in its initial RAM file system',
      },
      expected: 'a root file system, and image-boot in the initial one, as in the recipe redundant-system',
    });
  }
  const sealed = await sealImage(image, configuration);
  const { kernelPath, initramfsPath, kernelArguments } = image;
  const squashfsPath = await rootSquashfs(sealed, cachePath, onProgress, 'quick');
  return { system: { kernelPath, initramfsPath, kernelArguments, squashfsPath }, image };
}

/** The image with the layout's places in it, and with the program that feeds the watchdog where the layout has one. */
async function sealImage(image: BuiltImage, configuration: KnownStateConfiguration): Promise<BuiltImage> {
  const file = { kind: 'file', uid: 0, gid: 0 } as const;
  const content = Buffer.from(encodeConfiguration(configuration));
  const additions: (FileTreeEntry & { content: Buffer })[] = [
    { ...file, mode: 0o644, path: runningPlaces.configurationPath, content },
  ];
  const feeder = await assembleWatchdogFeeder(configuration.layout);
  if (feeder !== null) additions.push({ ...file, mode: 0o755, path: watchdogFeederPath, content: feeder });
  const hash = createHash('sha256').update(image.inputsHash);
  for (const addition of additions) hash.update(`\n${addition.path}\n`).update(addition.content);
  return { ...image, rootTree: mergeTree(image.rootTree, additions), inputsHash: hash.digest('hex') };
}
