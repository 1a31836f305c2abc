import t from 'tap';
import { encodeSyslogMessage, type SyslogMessage } from './syslog-message.ts';

const message: SyslogMessage = {
  ...{ facility: 'daemon', severity: 'notice', messageId: 'up', host: 'box', text: 'all is well' },
  time: new Date('2026-11-21T08:00:00.123Z'),
};

t.test('as RFC 5424 says', async (t) => {
  const text = encodeSyslogMessage(message).toString();
  t.equal(text, '<29>1 2026-11-21T08:00:00.123Z box assay - up - \ufeffall is well');
});

t.test('a header field is never empty, and has no spaces', async (t) => {
  t.match(
    encodeSyslogMessage({ ...message, host: 'my box', messageId: 'é' }).toString(),
    'Z mybox assay - - - ',
  );
});

t.test('lines become one, and what is too long is cut between characters', async (t) => {
  t.match(encodeSyslogMessage({ ...message, text: 'one\n  two\n' }).toString(), /one \| two$/);
  const long = encodeSyslogMessage({ ...message, text: 'ü'.repeat(2000) });
  t.ok(long.length === 2047 || long.length === 2048, `${long.length} bytes`);
  t.match(long.toString(), /ü$/);
});
