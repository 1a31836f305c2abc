import t from 'tap';
import { textFrame } from './lcd.ts';
import { renderLcdBitmap } from './lcd-bitmap.ts';

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

/** The pixels of the first four cells behind the margin. */
function picture(row: string): string {
  const bits = [...row].map((digit) => Number.parseInt(digit, 16).toString(2).padStart(4, '0')).join('');
  return bits.replaceAll('0', ' ').replaceAll('1', '#').slice(8).trimEnd();
}
