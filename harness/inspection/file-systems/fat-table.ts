import type { FatBootSector } from './fat-boot-sector.ts';

export type FatEntryBits = 12 | 16 | 32;

/** How long the entries of a table are; the four highest of 32 bits mean nothing. */
export const fatEntryBits: Readonly<Record<FatBootSector['type'], FatEntryBits>> = {
  fat12: 12,
  fat16: 16,
  fat32: 32,
};

/**
 * An entry of a table, or of a part of it (Microsoft FAT specification 1.03, section 4).
 *
 * @param bytes They begin with an entry of an even number: one of 12 bits begins in the middle of a byte where its number is odd.
 * @param index From the beginning of `bytes`.
 * @returns Undefined where the bytes end too early.
 */
export function fatEntryAt(bytes: Buffer, index: number, bits: FatEntryBits): number | undefined {
  const at = Math.floor((index * bits) / 8);
  if (at + Math.ceil(bits / 8) > bytes.length) return undefined;
  if (bits === 32) return bytes.readUInt32LE(at) & 0x0fffffff;
  const pair = bytes.readUInt16LE(at);
  if (bits === 16) return pair;
  return index % 2 === 0 ? pair & 0xfff : pair >> 4;
}
