export type { KnownStateConfiguration } from '../core/known-state/configuration.ts';
export { readRedundantLayout, systemPartitions } from '../core/known-state/redundant-layout.ts';
export {
  type BuildOptions,
  type BuiltImage,
  buildImage,
  type ComponentSize,
} from './build/build-image.ts';
export { buildBenchSystem, buildSystem } from './build/build-system.ts';
export { type SizeReport, type SizeRow, sizeReport } from './build/size-report.ts';
export { updateLock } from './build/update-lock.ts';
export { imagesErrors } from './errors.ts';
export { type BuiltMedium, buildMedium, type MediumOptions } from './media/build-medium.ts';
export type { MediumMode } from './media/medium-loader.ts';
export {
  buildRedundantSet,
  defaultLogicPath,
  defaultRedundantLayoutPath,
  type RedundantSet,
  type RedundantSetOptions,
} from './redundant/build-redundant-set.ts';
export { buildSystemUpdate, type SystemUpdateOptions } from './redundant/build-system-update.ts';
export { redundantRecipe } from './redundant/sealed-system.ts';
export { type Catalogue, readCatalogue, readRecipe } from './selection/catalogue.ts';
export type { Component, Recipe } from './selection/component.ts';
export { parseYamlText } from './selection/yaml-file.ts';
