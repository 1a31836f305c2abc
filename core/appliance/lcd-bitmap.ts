import type { LcdLogo } from './lcd-logo.ts';

/**
 * The bitmap with identity number and licence level (spec M3), as one frame for a graphic display (docs/lcd.md):
 * 0x0e, `<width>x<height>` and a line feed, then one line of hexadecimal digits per row of pixels, most significant
 * bit leftmost, and 0x04.
 *
 * @param logo In the lower right corner, behind the text; one that is too large is left away.
 */
export function renderLcdBitmap(identityNumber: string, licenceLevel: string, logo: LcdLogo = []): string {
  const lines = [`ID ${identityNumber}`, licenceLevel].map((line) =>
    line.toUpperCase().slice(0, lineCharacters),
  );
  const rows = [...blankRows(marginRows), ...lines.flatMap(renderLine), ...blankRows(marginRows)];
  addLogo(rows, logo);
  const hex = rows.map((row) => row.map((byte) => byte.toString(16).padStart(2, '0')).join(''));
  return `\x0e${widthPixels}x${rows.length}\n${hex.map((row) => `${row}\n`).join('')}\x04`;
}

function addLogo(rows: number[][], logo: LcdLogo): void {
  const widthBytes = logo[0]?.length ?? 0;
  const firstRow = rows.length - logo.length;
  const firstByte = widthPixels / 8 - widthBytes;
  if (firstRow < 0 || firstByte < 0) return;
  for (const [row, bytes] of logo.entries()) {
    for (const [index, byte] of bytes.entries()) rows[firstRow + row]![firstByte + index]! |= byte;
  }
}

const widthPixels = 128;
const marginRows = 6;
/** A cell is eight pixels wide, so that a character is one byte of a row; the first cell is the margin. */
const lineCharacters = widthPixels / 8 - 2;
const glyphRows = 7;

function renderLine(text: string): number[][] {
  const rows = Array.from({ length: glyphRows }, () => new Array<number>(widthPixels / 8).fill(0));
  for (const [index, character] of [...text].entries()) {
    const columns = glyphs[character] ?? glyphs['?']!;
    for (let row = 0; row < glyphRows; row += 1) rows[row]![index + 1] = glyphRow(columns, row);
  }
  return [...rows, ...blankRows(3)];
}

/** Glyphs are columns of seven pixels, the lowest bit on top; a row takes one bit of each column. */
function glyphRow(columns: string, row: number): number {
  let bits = 0;
  for (let column = 0; column < 5; column += 1) {
    const pixels = Number.parseInt(columns.slice(column * 2, column * 2 + 2), 16);
    if ((pixels >> row) & 1) bits |= 0x40 >> column;
  }
  return bits;
}

function blankRows(count: number): number[][] {
  return Array.from({ length: count }, () => new Array<number>(widthPixels / 8).fill(0));
}

/** The usual 5 × 7 dot-matrix characters, five columns each. */
const glyphs: Readonly<Record<string, string>> = {
  ' ': '0000000000',
  '-': '0808080808',
  '?': '0201510906',
  '0': '3e5149453e',
  '1': '00427f4000',
  '2': '4261514946',
  '3': '2141454b31',
  '4': '1814127f10',
  '5': '2745454539',
  '6': '3c4a494930',
  '7': '0171090503',
  '8': '3649494936',
  '9': '064949291e',
  A: '7e1111117e',
  B: '7f49494936',
  C: '3e41414122',
  D: '7f4141221c',
  E: '7f49494941',
  F: '7f09090901',
  G: '3e4149497a',
  H: '7f0808087f',
  I: '00417f4100',
  J: '2040413f01',
  K: '7f08142241',
  L: '7f40404040',
  M: '7f020c027f',
  N: '7f0408107f',
  O: '3e4141413e',
  P: '7f09090906',
  Q: '3e4151215e',
  R: '7f09192946',
  S: '4649494931',
  T: '01017f0101',
  U: '3f4040403f',
  V: '1f2040201f',
  W: '3f4038403f',
  X: '6314081463',
  Y: '0708700807',
  Z: '6151494543',
};
