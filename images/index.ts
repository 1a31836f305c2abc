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
export { type Catalogue, readCatalogue, readRecipe } from './selection/catalogue.ts';
export type { Component, Recipe } from './selection/component.ts';
export { parseYamlText } from './selection/yaml-file.ts';
