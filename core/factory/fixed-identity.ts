import { createHash } from 'node:crypto';

/**
 * The time of everything on a template, in seconds: 2020-01-01 00:00:00 UTC. A build's own time would make two builds
 * of the same inputs differ (spec M12).
 */
export const templateTimeSeconds = 1_577_836_800;

/** A UUID that follows from the words; in the form of version 8 (RFC 9562, section 5.8). */
export function fixedUuid(...words: string[]): string {
  const bytes = digest(words).subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** A 32-bit number that follows from the words, never zero: disk signatures, FAT volume numbers. */
export function fixedNumber(...words: string[]): number {
  return digest(words).readUInt32LE(0) || 1;
}

function digest(words: readonly string[]): Buffer {
  return createHash('sha256')
    .update(JSON.stringify(['assay template', ...words]))
    .digest();
}
