import t from 'tap';
import { durationMs, formatDuration, parseDuration } from './duration.ts';

t.test('spans of time are read and written', async (t) => {
  const spans = { '30s': 30_000, '10m': 600_000, '2h': 7_200_000, '1d': 86_400_000, '90s': 90_000 };
  for (const [text, spanMs] of Object.entries(spans)) {
    t.equal(parseDuration(text), spanMs, text);
    t.equal(formatDuration(spanMs), text, `${spanMs}`);
  }
  t.equal(formatDuration(250), '250ms');
  t.equal(formatDuration(60_000), '1m', 'the largest unit in which it is whole');
});

t.test('what is no span of time, none at all, or longer than a timer can wait, is refused', async (t) => {
  for (const text of ['', '10', '0s', '1.5h', '-1m', '10 m', '10min', '1h30m', '25d', '601h']) {
    t.notOk(durationMs.safeParse(text).success, text);
  }
  t.ok(durationMs.safeParse('24d').success);
});
