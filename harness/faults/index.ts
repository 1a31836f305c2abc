export { type DamageBytesOptions, damageBytes } from './damage-bytes.ts';
export { type DamageFileOptions, damageFile, type FileInjection } from './damage-file.ts';
export { type DamageFileSystemOptions, damageFileSystem } from './damage-file-system.ts';
export { type DamageHow, type DamageOptions, damagePattern } from './damage-pattern.ts';
export { faultsErrors } from './errors.ts';
export { type ByteRange, type Injection, overwriteRanges } from './overwrite-ranges.ts';
export { SeededNumbers } from './seeded-numbers.ts';
