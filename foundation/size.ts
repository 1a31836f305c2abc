import { foundationErrors } from './errors.ts';

/** One sector of every disk that Assay handles, in bytes (LBA-512). */
export const sectorBytes = 512;

const unitBytes: Record<string, number> = {
  B: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
};

/**
 * Reads a size such as `64MiB` exactly, in bytes. Only IEC units: on disks, a megabyte that may mean two things
 * is one too many.
 *
 * @throws FOUNDATION_SIZE_INVALID when it is not a whole number with a unit.
 */
export function parseSize(text: string, where = 'size'): number {
  const parts = /^(\d+)\s*(B|KiB|MiB|GiB|TiB)$/.exec(text.trim());
  const sizeBytes = parts ? Number(parts[1]) * unitBytes[parts[2]!]! : Number.NaN;
  if (!Number.isSafeInteger(sizeBytes)) {
    throw foundationErrors.FOUNDATION_SIZE_INVALID({
      tried: `read the size ${JSON.stringify(text)}`,
      where,
      expected: 'a whole number followed by B, KiB, MiB, GiB or TiB',
    });
  }
  return sizeBytes;
}

/** A size for people, in the largest unit that keeps it above one: `31.4 MiB`. */
export function formatSize(sizeBytes: number): string {
  const unit = Object.entries(unitBytes)
    .reverse()
    .find(([, factor]) => Math.abs(sizeBytes) >= factor) ?? ['B', 1];
  const value = sizeBytes / unit[1];
  return `${Number.isInteger(value) ? value : value.toFixed(1)} ${unit[0]}`;
}
