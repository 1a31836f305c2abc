export type { BootLoader, BootPartitions, BootSystem } from './boot-loader.ts';
export { bootLoaderFindingKinds } from './boot-loader-finding-kinds.ts';
export { recogniseBootLoaders } from './recognise-boot-loaders.ts';
