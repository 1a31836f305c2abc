import { join } from 'node:path';
import t from 'tap';
import { textFrame } from './lcd.ts';
import { renderLcdBitmap } from './lcd-bitmap.ts';
import { readLcdLogo } from './lcd-logo.ts';

t.test('a text frame clears, fills its rows, and ends', async (t) => {
  const content = {
    state: 'identity conflict',
    identityNumber: 'B804-5702',
    licenceLevel: 'office',
    detail: 'näh\x0c',
  };
  t.equal(
    textFrame(content, { columns: 20, rows: 4 }),
    '\x0cIDENTITY CONFLICT   \r\nID B804-5702        \r\nLICENCE OFFICE      \r\nn?h?                \r\n\x04',
  );
  t.equal(
    textFrame({ state: 'rebuilding primary-root' }, { columns: 8, rows: 2 }),
    '\x0cREBUILDI\r\nID -    \r\n\x04',
  );
});

t.test('the bitmap shows number and level', async (t) => {
  const frame = renderLcdBitmap('1A', 'L');
  t.ok(frame.startsWith('\x0e128x32\n') && frame.endsWith('\n\x04'));
  const rows = frame.slice(frame.indexOf('\n') + 1, -2).split('\n');
  t.same(rows.slice(6, 13).map(picture), [
    '  ###    ###               #      ###',
    '   #     #  #             ##     #   #',
    '   #     #   #             #     #   #',
    '   #     #   #             #     #   #',
    '   #     #   #             #     #####',
    '   #     #  #              #     #   #',
    '  ###    ###              ###    #   #',
  ]);
});

t.test('the logo lies in the lower right corner, and is left away where it is none', async (t) => {
  const folder = t.testdir({
    'logo.pbm': 'P1\n# a picture\n10 2\n1000000001\n0100000010\n',
    'short.pbm': 'P1\n10 2\n1000000001\n',
    'large.pbm': `P1\n8 33\n${'1'.repeat(8 * 33)}\n`,
  });
  const logo = await readLcdLogo(join(folder, 'logo.pbm'));
  t.same(logo, [
    [0x80, 0x40],
    [0x40, 0x80],
  ]);
  const rows = renderLcdBitmap('1A', 'L', logo).split('\n').slice(1, -1);
  t.equal(rows[29], '0'.repeat(32));
  t.equal(rows[30], `${'0'.repeat(28)}8040`);
  t.equal(rows[31], `${'0'.repeat(28)}4080`);
  const without = renderLcdBitmap('1A', 'L');
  for (const name of ['absent.pbm', 'short.pbm', 'large.pbm']) {
    t.equal(renderLcdBitmap('1A', 'L', await readLcdLogo(join(folder, name))), without, name);
  }
});

/** The pixels of the first four cells behind the margin. */
function picture(row: string): string {
  const bits = [...row].map((digit) => Number.parseInt(digit, 16).toString(2).padStart(4, '0')).join('');
  return bits.replaceAll('0', ' ').replaceAll('1', '#').slice(8).trimEnd();
}
