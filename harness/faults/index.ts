export { type DamageBytesOptions, damageBytes } from './damage-bytes.ts';
export { type DamageFileOptions, damageFile, type FileInjection } from './damage-file.ts';
export { type DamageFileSystemOptions, damageFileSystem } from './damage-file-system.ts';
export type { DamageHow, DamageOptions } from './damage-pattern.ts';
export { faultsErrors } from './errors.ts';
export type { ByteRange, Injection } from './overwrite-ranges.ts';
