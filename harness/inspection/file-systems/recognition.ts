import type { PartitionReader } from './partition-reader.ts';
import type { FileSystemState, FileSystemType } from './recognised-file-system.ts';

/** What one superblock says. Texts are printable already. */
export interface Recognition {
  type: FileSystemType;
  uuid?: string;
  label?: string;
  sizeBytes?: number;
  blockBytes?: number;
  features?: readonly string[];
  state?: FileSystemState;
  facts?: readonly (readonly [string, string])[];
  /** What the superblock says and what cannot be, in words; then nothing else of it is to be believed. */
  contradictions?: readonly string[];
}

/** Looks for the superblock of one kind of file system, or of several that look alike. Never reads more than a few pages. */
export type Recogniser = (reader: PartitionReader) => Promise<Recognition | undefined>;

/** A size in blocks as bytes; what no disk could have is the largest safe integer, which is beyond every partition, too. */
export function bytesOf(blocks: number | bigint, blockBytes: number): number {
  const sizeBytes = BigInt(blocks) * BigInt(blockBytes);
  return sizeBytes <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(sizeBytes) : Number.MAX_SAFE_INTEGER;
}

/** `8c255309-…`, as 16 bytes lie on a disk; undefined when all of them are zero. */
export function uuidOf(bytes: Buffer): string | undefined {
  const hex = bytes.toString('hex');
  if (bytes.length !== 16 || /^0+$/.test(hex)) return undefined;
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Up to the first zero byte. */
export function upToZero(bytes: Buffer): Buffer {
  const end = bytes.indexOf(0);
  return end === -1 ? bytes : bytes.subarray(0, end);
}

/** A time in seconds since 1970 as `2026-11-21T18:40:39Z`; undefined for zero. */
export function timeOf(seconds: number): string | undefined {
  if (seconds === 0) return undefined;
  return new Date(seconds * 1000).toISOString().replace('.000', '');
}

/** The features whose bits are set, by name. */
export function featuresOf(bits: number, names: Readonly<Record<number, string>>): string[] {
  return Object.entries(names)
    .filter(([bit]) => (bits & Number(bit)) !== 0)
    .map(([, name]) => name);
}

/** Leaves out what is undefined or empty. */
export function present<Fields extends object>(
  fields: Fields,
): Partial<{ [Key in keyof Fields]: Exclude<Fields[Key], undefined> }> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== ''),
  ) as never;
}

/** The facts that there are. */
export function factsOf(facts: Record<string, string | number | undefined>): [string, string][] {
  return Object.entries(facts).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, String(value)]],
  );
}
