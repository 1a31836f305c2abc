import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { fakeContext } from './fixtures/fake-context.ts';
import { serveHttp } from './fixtures/http-server.ts';
import { notify } from './notify.ts';

const code = 'SCRIPT_NOTIFICATION_FAILED';

/** A mail server that answers what it is told to; gives its address, and what it was sent. */
async function serveMail(t: Test, answers: Record<string, string> = {}) {
  const received: string[] = [];
  const server = createServer((socket) => {
    let text = '';
    let isMessage = false;
    socket.on('error', () => {});
    // In two pieces, as networks do.
    socket.write('220-mail.lan\r\n220 rea');
    setTimeout(() => socket.write('dy\r\n'), 20);
    socket.on('data', (bytes) => {
      text += bytes;
      for (let end = text.indexOf('\r\n'); end !== -1; end = text.indexOf('\r\n')) {
        const line = text.slice(0, end);
        text = text.slice(end + 2);
        received.push(line);
        if (isMessage && line !== '.') continue;
        const word = isMessage ? '.' : line.split(/[ :]/)[0]!;
        isMessage = word === 'DATA';
        socket.write(answers[word] ?? (word === 'DATA' ? '354 go on\r\n' : '250-yes\r\n250 yes\r\n'));
        if (word === 'QUIT') socket.end();
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return { server: `127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

async function run(written: object, scriptFolder = '/scripts') {
  const context = fakeContext({ scriptFolder });
  return await notify.run(notify.options.parse({ text: 'done', ...written }), context);
}

t.test('a webhook gets JSON by POST', async (t) => {
  const seen: unknown[] = [];
  const server = await serveHttp(t, async (request, response) => {
    const chunks = await request.toArray();
    seen.push(request.method, request.headers['content-type'], JSON.parse(Buffer.concat(chunks).toString()));
    response.writeHead(204).end();
  });
  t.same(await run({ webhook: `${server}/hook`, text: 'Gerät bereit' }), { webhook: 'told' });
  t.match(seen, [
    'POST',
    'application/json',
    { time: /^\d{4}-\d\d-\d\dT.*Z$/, host: hostname(), script: 'nightly', text: 'Gerät bereit' },
  ]);
});

t.test('lines are added to a file', async (t) => {
  const folder = t.testdir({});
  await run({ log: 'logs/told.log' }, folder);
  t.same(await run({ log: 'logs/told.log', text: 'two\nlines' }, folder), { log: 'told' });
  t.match(readFileSync(join(folder, 'logs/told.log'), 'utf8'), /^\S+Z \S+ done\n\S+Z \S+ two \| lines\n$/);
});

t.test('mail to several, with what looks like the end of it in its text', async (t) => {
  const { server, received } = await serveMail(t);
  const email = { server, from: 'box@lan', to: ['a@lan', 'b@lan'] };
  t.same(await run({ email, text: 'Repaired\n.\n..dots\nend' }), { email: 'told' });
  const commands = [/^EHLO /, 'MAIL FROM:<box@lan>', 'RCPT TO:<a@lan>', 'RCPT TO:<b@lan>', 'DATA'];
  t.match(received.slice(0, 5), commands);
  const empty = received.indexOf('');
  t.match(
    received.slice(5, empty).join('\n'),
    /^Date: \w{3}, \d\d \w{3} \d{4} [\d:]{8} \+0000\nFrom: <box@lan>$/m,
  );
  t.ok(received.includes('Subject: Repaired'));
  t.same(received.slice(empty + 1), ['Repaired', '..', '...dots', 'end', '.', 'QUIT']);
});

t.test('mail that is not ASCII is encoded, text and subject', async (t) => {
  const { server, received } = await serveMail(t, { EHLO: '500 what?\r\n' });
  const text = 'Die Wiederherstellung von Gerät 7 läuft: 修复\nzweite Zeile';
  await run({ email: { server, from: 'box@lan', to: 'a@lan' }, text });
  t.match(received[1], /^HELO /, 'a server of old');
  const empty = received.indexOf('');
  const body = received.slice(empty + 1, received.indexOf('.')).join('');
  t.equal(Buffer.from(body, 'base64').toString(), text);
  const head = received.slice(0, empty).join('\n');
  const words = [...head.matchAll(/=\?utf-8\?B\?(.*?)\?=/g)].map((match) => match[1]!);
  t.equal(words.map((word) => Buffer.from(word, 'base64')).join(''), text.split('\n')[0]);
  t.ok(received.every((line) => line.length <= 78));
});

t.test('one way that works is enough; what failed is told', async (t) => {
  const folder = t.testdir({});
  const { server } = await serveMail(t, { RCPT: '550-no\r\n550 such user\r\n' });
  const email = { server, from: 'box@lan', to: 'gone@lan' };
  const facts = await run({ log: 'told.log', email }, folder);
  t.same(facts, {
    log: 'told',
    email: "failed: the server's answer to RCPT TO:<gone@lan> is 550-no | 550 such user",
  });
});

t.test('none that works is a failure, and the address of the webhook stays secret', async (t) => {
  const server = await serveHttp(t, (_, response) => response.writeHead(500).end());
  const { server: mail } = await serveMail(t, { '.': '554 not today\r\n' });
  const email = { server: mail, from: 'box@lan', to: 'a@lan' };
  const error = await run({ webhook: `${server}/secret`, email, log: '/dev/null/x' }).catch((error) => error);
  t.match(error, { code, facts: { tried: 'notify by webhook, log, email' } });
  t.match(error.facts.got, /^webhook: HTTP 500.*\n.*log: EEXIST.*\n.*email: .*the message is 554 not today$/);
  t.notMatch(JSON.stringify(error), 'secret');
});

t.test('a server that says nothing any more is left when the step is given up', async (t) => {
  const { server } = await serveMail(t, { MAIL: '' });
  const given = new AbortController();
  const context = fakeContext({ signal: given.signal });
  const options = notify.options.parse({ text: 'x', email: { server, from: 'box@lan', to: 'a@lan' } });
  setTimeout(() => given.abort(new Error('given up')), 100);
  await t.rejects(notify.run(options, context), { message: 'given up' });
});

t.test('nothing can be put into the commands of a mail', async (t) => {
  const email = { server: 'mail.lan', from: 'a@lan', to: 'b@lan' };
  t.ok(notify.options.safeParse({ text: 'x', email }).success);
  for (const to of ['b@lan>\r\nDATA', 'b@lan, c@lan', 'b', '<b@lan>', []])
    t.notOk(notify.options.safeParse({ text: 'x', email: { ...email, to } }).success, String(to));
  t.notOk(notify.options.safeParse({ text: 'x' }).success, 'at least one way');
  t.notOk(notify.options.safeParse({ text: 'x', webhook: 'file:///etc/passwd' }).success);
});
