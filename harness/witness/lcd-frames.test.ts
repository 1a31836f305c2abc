import t from 'tap';
import { textFrame } from '../../core/appliance/lcd.ts';
import { renderLcdBitmap } from '../../core/appliance/lcd-bitmap.ts';
import { readLcdFrames } from './index.ts';

const size = { columns: 20, rows: 4 };
const bytes = (...parts: readonly string[]) => Buffer.from(parts.join(''), 'latin1');
const ready = { state: 'READY', identityNumber: 'B804-5702', licenceLevel: 'home', detail: 'assay-b804' };

t.test('frames of the appliance are read by their documentation', async (t) => {
  const stream = bytes(textFrame({ state: 'Starting' }, size), textFrame(ready, size));
  const { frames, malformed } = readLcdFrames(stream);
  t.same(malformed, []);
  t.same(frames, [
    {
      ...{ state: 'STARTING', identityNumber: null, licenceLevel: null, detail: '' },
      rows: ['STARTING', 'ID -', 'LICENCE -', ''],
    },
    {
      ...{ state: 'READY', identityNumber: 'B804-5702', licenceLevel: 'HOME', detail: 'assay-b804' },
      rows: ['READY', 'ID B804-5702', 'LICENCE HOME', 'assay-b804'],
    },
  ]);
});

t.test('noise, bitmaps and pieces of frames are passed over', async (t) => {
  const frame = textFrame(ready, size);
  const bitmap = renderLcdBitmap('B804-5702', 'HOME');
  const count = (...parts: readonly string[]) => {
    const { frames, malformed } = readLcdFrames(bytes(...parts));
    return [frames.length, malformed.length];
  };
  t.same(count('noise\x04', frame, bitmap, frame), [2, 0]);
  t.same(count(frame.slice(10), frame), [1, 0], 'from the middle on');
  t.same(count(frame, frame.slice(0, 50)), [1, 0], 'the last one has not come whole');
  t.same(count(frame.slice(0, 50), frame), [1, 0], 'interrupted by another one');
  t.same(count(frame.slice(0, 50), bitmap), [0, 0], 'interrupted by a bitmap');
  t.same(count(), [0, 0]);
});

t.test('frames that are complete and wrong are told', async (t) => {
  const frame = textFrame(ready, size);
  for (const wrong of [
    frame.replaceAll('\r\n', '\n'),
    frame.replaceAll('\r\n', '\r\r\n'),
    frame.replace('READY ', 'READY'),
    frame.replace('B804-5702', 'B804-570x'),
    frame.replace('LICENCE', 'LIZENZ '),
    frame.replace('READY', '     '),
    frame.replace('READY', 'R\xc3\xa4DY'),
    textFrame(ready, { columns: 20, rows: 3 }),
  ]) {
    const { frames, malformed } = readLcdFrames(bytes(wrong));
    t.same([frames.length, malformed.length], [0, 1], JSON.stringify(wrong));
  }
  t.equal(
    readLcdFrames(bytes(textFrame(ready, { columns: 16, rows: 3 })), { columns: 16, rows: 3 }).frames.length,
    1,
  );
});
