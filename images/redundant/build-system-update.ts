import { isDeepStrictEqual } from 'node:util';
import { assertUpdatable, buildUpdate } from '../../core/factory/redundant/build-update.ts';
import { planRedundant } from '../../core/factory/redundant/plan-redundant.ts';
import type { SigningKey } from '../../core/factory/redundant/signing-key.ts';
import { type KnownStateConfiguration, readConfiguration } from '../../core/known-state/configuration.ts';
import { readRedundantLayout } from '../../core/known-state/redundant-layout.ts';
import type { BuildOptions, BuiltImage } from '../build/build-image.ts';
import { imagesErrors } from '../errors.ts';
import { defaultRedundantLayoutPath } from './build-redundant-set.ts';
import { buildSealedSystem, redundantRecipe } from './sealed-system.ts';

export interface SystemUpdateOptions extends BuildOptions {
  /** The layout of the machines that it is for; Assay's `redundant` without it. */
  layoutPath?: string | undefined;
  /** `known-state.json` of those machines: the update is refused when it does not go with it. */
  configurationPath?: string | undefined;
  /** The recipe of the system; `redundant-system` without it. */
  recipe?: string | undefined;
  key: SigningKey;
  /** The partition that it is for: `system-1`. */
  partition: string;
  /** The version of the new system image, for people. */
  version: string;
  /** The pack; what lies there is replaced, once the new one is whole. */
  outPath: string;
}

/**
 * Builds an update for one system partition of machines in the field (spec B7): a pack that `known-state update` takes.
 *
 * @throws IMAGES_UPDATE_MISMATCH when layout or key are not those of the machines; the errors of reading layouts, of
 * building images, and of `buildUpdate`.
 */
export async function buildSystemUpdate(options: SystemUpdateOptions): Promise<BuiltImage> {
  const { key, partition, version, outPath, configurationPath, onProgress = () => {} } = options;
  const { layoutPath = defaultRedundantLayoutPath } = options;
  const installed = configurationPath === undefined ? undefined : await readConfiguration(configurationPath);
  const layout =
    options.layoutPath === undefined && installed !== undefined
      ? installed.layout
      : await readRedundantLayout(layoutPath);
  // Before the system is built, which takes minutes.
  assertUpdatable(layout, partition);
  const configuration = await planRedundant(layout, key.publicKey);
  if (installed !== undefined) checkGoesWith(installed, configuration, configurationPath!);
  const { system, image } = await buildSealedSystem(
    options.recipe ?? redundantRecipe,
    configuration,
    options,
  );
  const { privateKey } = key;
  await buildUpdate({ configuration, system, partition, version, privateKey, outPath, onProgress });
  return image;
}

function checkGoesWith(
  installed: KnownStateConfiguration,
  built: KnownStateConfiguration,
  where: string,
): void {
  for (const [part, name] of [
    ['layout', 'the layout'],
    ['areas', 'the places of boot states and manifests'],
    ['publicKey', 'the key'],
  ] as const) {
    // By way of JSON, as the machines have it.
    if (isDeepStrictEqual(JSON.parse(JSON.stringify(built[part])), installed[part])) continue;
    throw imagesErrors.IMAGES_UPDATE_MISMATCH({
      ...{ tried: 'build an update', where, got: `${name} that this update would have is another one` },
    });
  }
}
