import { readFile } from 'node:fs/promises';

/** A picture for the display: rows of bytes, the most significant bit leftmost. */
export type LcdLogo = readonly (readonly number[])[];

/** Where the factory puts the maker's logo. */
const logoPath = '/etc/assay/lcd-logo.pbm';

/** The maker's logo; empty where there is none, or one that cannot be read: no display is a reason to stop. */
export async function readLcdLogo(path = logoPath): Promise<LcdLogo> {
  const text = await readFile(path, 'latin1').catch(() => '');
  return parsePlainBitmap(text) ?? [];
}

/** Plain PBM (netpbm, pbm(5)): `P1`, width, height, then the points; `#` begins a comment. */
function parsePlainBitmap(text: string): LcdLogo | undefined {
  const [, width, height, points = ''] =
    /^P1\s+(\d+)\s+(\d+)\s+([01\s]*)$/.exec(text.replace(/#.*\n/g, '\n')) ?? [];
  const [widthPoints, rowCount, bits] = [Number(width), Number(height), points.replace(/\s/g, '')];
  if (!(widthPoints > 0) || bits.length !== widthPoints * rowCount) return undefined;
  return Array.from({ length: rowCount }, (_, row) => {
    const line = bits.slice(row * widthPoints, (row + 1) * widthPoints);
    return (line.match(/.{1,8}/g) ?? []).map((byte) => Number.parseInt(byte.padEnd(8, '0'), 2));
  });
}
