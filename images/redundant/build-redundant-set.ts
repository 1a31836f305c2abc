import { join } from 'node:path';
import { buildRedundant, type RedundantDisks } from '../../core/factory/redundant/build-redundant.ts';
import { planRedundant } from '../../core/factory/redundant/plan-redundant.ts';
import type { SigningKey } from '../../core/factory/redundant/signing-key.ts';
import type { KnownStateConfiguration } from '../../core/known-state/configuration.ts';
import { readRedundantLayout } from '../../core/known-state/redundant-layout.ts';
import type { BuildOptions, BuiltImage } from '../build/build-image.ts';
import { type BuiltMedium, buildMedium, mediumFiles } from '../media/build-medium.ts';
import { checkMediumScript } from '../media/check-medium-script.ts';
import { buildSealedSystem, redundantRecipe } from './sealed-system.ts';

export interface RedundantSetOptions extends BuildOptions {
  /** A layout with redundant system images; Assay's `redundant` without it. */
  layoutPath?: string | undefined;
  /** The script that the medium runs at every start (spec B1); the delivered one without it. */
  logicPath?: string | undefined;
  /** The recipe of the system; `redundant-system` without it. */
  recipe?: string | undefined;
  key: SigningKey;
  /** What the partitions hold, for people: `1.0.0`. */
  version: string;
  /** Gets the disks, `system/` and `medium.iso`. */
  outFolder: string;
  /** A folder whose content the medium gets as `/assay`, too. */
  mediumFilesFolder?: string | undefined;
}

export interface RedundantSet extends RedundantDisks {
  configuration: KnownStateConfiguration;
  medium: BuiltMedium;
  image: BuiltImage;
}

/** The layout with which sets are built unless one is named. */
export const defaultRedundantLayoutPath = join(import.meta.dirname, '..', 'layouts', 'redundant.yaml');

/** The delivered logic file. */
export const defaultLogicPath = join(
  import.meta.dirname,
  '..',
  '..',
  'core',
  'known-state',
  'logic',
  'boot.yaml',
);

/**
 * Builds all that a machine needs which boots to a known state (spec B1 to B8): its disks, with a copy of the system on
 * every system partition, and the recovery medium that starts first and has the logic file and the whole images. The
 * same inputs give the same bytes.
 *
 * @throws SCRIPT_INVALID for a logic file with a mistake, before anything is built; IMAGES_RECIPE_UNSUITABLE; the errors
 * of reading layouts, of building images and media, and of `buildRedundant`.
 */
export async function buildRedundantSet(options: RedundantSetOptions): Promise<RedundantSet> {
  const { key, version, outFolder, mediumFilesFolder: filesFolder } = options;
  const { layoutPath = defaultRedundantLayoutPath, logicPath = defaultLogicPath } = options;
  await checkMediumScript(await mediumFiles({ filesFolder, scriptPath: logicPath }));
  const configuration = await planRedundant(await readRedundantLayout(layoutPath), key.publicKey);
  const { system, image } = await buildSealedSystem(
    options.recipe ?? redundantRecipe,
    configuration,
    options,
  );
  const { privateKey } = key;
  const onProgress = options.onProgress ?? (() => {});
  const disks = await buildRedundant({ configuration, system, version, privateKey, outFolder, onProgress });
  const { cachePath, lockPath, locked } = options;
  // The medium's own system is Assay's: recipes and components that were named are those of the partitions.
  const medium = await buildMedium({
    ...(cachePath === undefined ? {} : { cachePath }),
    ...(lockPath === undefined ? {} : { lockPath }),
    ...(locked === undefined ? {} : { locked }),
    ...{ onProgress, filesFolder, scriptPath: logicPath, outPath: join(outFolder, 'medium.iso') },
    moreFiles: new Map([
      ['system/known-state.json', disks.configurationPath],
      ['system/system.pack', disks.packPath],
    ]),
  });
  return { ...disks, configuration, medium, image };
}
