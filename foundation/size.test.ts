import t from 'tap';
import { formatSize, parseSize } from './size.ts';

t.test('sizes are read exactly', async (t) => {
  t.equal(parseSize('512B'), 512);
  t.equal(parseSize(' 64KiB '), 65_536);
  t.equal(parseSize('300 MiB'), 314_572_800);
  t.equal(parseSize('2GiB'), 2_147_483_648);
  t.equal(parseSize('0B'), 0);
  t.equal(parseSize('8191TiB'), 8191 * 1024 ** 4);
});

t.test('what may mean two things, or no size, is refused', async (t) => {
  for (const text of ['', '1', '1MB', '1.5GiB', '-1B', '1e3B', '0x10B', '1 GiB 2', '9999999TiB', 'MiB']) {
    t.throws(
      () => parseSize(text, 'layout.yaml'),
      { code: 'FOUNDATION_SIZE_INVALID', facts: { where: 'layout.yaml' } },
      text,
    );
  }
});

t.test('sizes for people', async (t) => {
  t.equal(formatSize(0), '0 B');
  t.equal(formatSize(1023), '1023 B');
  t.equal(formatSize(1024), '1 KiB');
  t.equal(formatSize(1536), '1.5 KiB');
  t.equal(formatSize(5 * 1024 ** 3), '5 GiB');
  t.equal(formatSize(-2048), '-2 KiB');
});
