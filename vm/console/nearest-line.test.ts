import t from 'tap';
import { nearestLine } from './nearest-line.ts';

const lines = [
  'SeaBIOS (version 1.16)',
  '[    1.2] EXT4-fs: mounted',
  'ASSAY STATE ready alpha',
  'gateway login:',
  '',
];

t.test('a typing error, another case and another number still find their line', async (t) => {
  t.same(nearestLine(['ASSAY STATE raedy'], lines), { line: lines[2], isWhatWasExpected: false });
  t.same(nearestLine([/Gateway Login: $/], lines), { line: lines[3], isWhatWasExpected: false });
  t.equal(nearestLine(['version 1.17'], lines)?.line, lines[0]);
  t.equal(nearestLine([/ASSAY STAGE (\w+) completed/], lines)?.line, lines[2]);
});

t.test('a line that says it was taken by an earlier wait', async (t) => {
  t.same(nearestLine(['login:'], lines), { line: lines[3], isWhatWasExpected: true });
  t.same(nearestLine([/STATE (ready|failed)/g], lines), { line: lines[2], isWhatWasExpected: true });
});

t.test('of several patterns the nearest counts, and nothing is near to the unlike', async (t) => {
  t.equal(nearestLine(['kernel panic', 'gatewey login'], lines)?.line, lines[3]);
  t.equal(nearestLine(['upload finished'], lines), undefined);
  t.equal(nearestLine([/^\d+$/], lines), undefined, 'no plain words');
  t.equal(nearestLine(['anything'], []), undefined);
});
