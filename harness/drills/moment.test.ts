import t from 'tap';
import { momentText, parseMoment } from './moment.ts';

t.test('moments are read, and written as they were read', async (t) => {
  const moments: [string, object][] = [
    ['power-on', { kind: 'power-on', number: 1 }],
    ['power-on:3', { kind: 'power-on', number: 3 }],
    ['step:/alpha starts/i', { kind: 'step', pattern: /alpha starts/i }],
    ['console:/READY at (\\d+) s/', { kind: 'console', pattern: /READY at (\d+) s/ }],
    ['write:120@system', { kind: 'write', number: 120, disk: 'system' }],
    ['write:7@system/backup', { kind: 'write', number: 7, disk: 'system', partition: 'backup' }],
    ['in-write:1@data/2', { kind: 'in-write', number: 1, disk: 'data', partition: '2' }],
    ['time:1500ms', { kind: 'time', afterMs: 1500 }],
    ['time:1min', { kind: 'time', afterMs: 60_000 }],
    ['time:24h', { kind: 'time', afterMs: 86_400_000 }],
  ];
  for (const [text, moment] of moments) {
    t.strictSame(parseMoment(text), moment, text);
    t.strictSame(parseMoment(momentText(parseMoment(text))), moment, `${text}, written and read again`);
  }
  t.equal(momentText(parseMoment('power-on:1')), 'power-on');
  t.equal(momentText(parseMoment('time:24h')), 'time:1d');
  t.equal(momentText(parseMoment('time:1500ms')), 'time:1500ms');
});

t.test('what is no moment is refused with what it could be', async (t) => {
  const wrong = [
    '',
    'soon',
    'power-on:0',
    'step:alpha',
    'console:/never closed',
    'write:120',
    'write:0@system',
    'write:1@SYSTEM',
    'time:60',
    'time:',
  ];
  for (const text of wrong) {
    t.throws(() => parseMoment(text), { code: 'DRILLS_PLAN_INVALID', message: /power-on:2/ }, `"${text}"`);
  }
  t.throws(() => parseMoment('console:/(/'), { code: 'DRILLS_PLAN_INVALID', message: /nterminated group/ });
});
