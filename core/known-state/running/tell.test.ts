import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import t, { type Test } from 'tap';
import { serveHttp } from '../../script/steps/fixtures/http-server.ts';
import { defaultNotifySettings, type NotifySettings } from './notify-settings.ts';
import type { SystemEvent } from './system-event.ts';
import { tell } from './tell.ts';

const event: SystemEvent = {
  ...{ time: '2026-11-21T08:00:00.000Z', machine: { host: 'box', serial: 'SN-7' } },
  ...{ event: 'fallback', running: 'system-2', version: '1.0' },
  text: 'system-2 runs, not system-1 (system-1: did not finish booting)',
  passedOver: { 'system-1': 'did not finish booting' },
  states: null,
};
const patience = { waitsMs: [1, 1], limitMs: 10_000 };

async function told(settings: Partial<NotifySettings>) {
  return await tell(event, { ...defaultNotifySettings, ...settings }, patience);
}

/** Takes mail; gives its address and what it was sent. */
async function serveMail(t: Test) {
  const received: string[] = [];
  const server = createServer((socket) => {
    let isMessage = false;
    let text = '';
    socket.on('error', () => {});
    socket.write('220 ready\r\n');
    socket.on('data', (bytes) => {
      text += bytes;
      for (let end = text.indexOf('\r\n'); end !== -1; end = text.indexOf('\r\n')) {
        const line = text.slice(0, end);
        text = text.slice(end + 2);
        received.push(line);
        if (isMessage && line !== '.') continue;
        isMessage = line === 'DATA';
        socket.write(isMessage ? '354 go on\r\n' : '250 yes\r\n');
        if (line === 'QUIT') socket.end();
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return { server: `127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

t.test('nobody is to be told', async (t) => {
  t.same(await told({}), []);
});

t.test('syslog gets one datagram', async (t) => {
  const socket = createSocket('udp4');
  t.teardown(() => socket.close());
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const message = once(socket, 'message');
  const syslog = { host: 'localhost', port: socket.address().port, facility: 'local3' };
  t.same(await told({ syslog: { ...syslog, host: '127.0.0.1' } }), [{ channel: 'syslog' }]);
  const [bytes] = await message;
  // local3 is 19, a warning 4 (RFC 5424, 6.2.1).
  const head = '<156>1 2026-11-21T08:00:00.000Z box assay - fallback -';
  t.equal(String(bytes), `${head} \ufeff${event.text}, serial number SN-7`);
});

t.test('the webhook gets the event, mail says it to people', async (t) => {
  const seen: unknown[] = [];
  const webhook = await serveHttp(t, async (request, response) => {
    seen.push(JSON.parse(Buffer.concat(await request.toArray()).toString()));
    response.writeHead(204).end();
  });
  const { server, received } = await serveMail(t);
  const email = { server, from: 'box@lan', to: ['a@lan', 'b@lan'] };
  t.same(await told({ webhook, email }), [{ channel: 'email' }, { channel: 'webhook' }]);
  t.same(seen, [event]);
  t.ok(received.includes(`Subject: box: ${event.text}`), received.join('\n'));
  t.ok(received.includes('passed over: system-1: did not finish booting'));
  t.ok(received.includes('machine:  box, serial number SN-7'));
});

t.test(
  'one that fails at first is tried again; one that keeps failing keeps nobody from the others',
  async (t) => {
    let asked = 0;
    const webhook = await serveHttp(t, (_, response) => {
      asked += 1;
      response.writeHead(asked < 3 ? 503 : 204).end();
    });
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    const email = { server: `127.0.0.1:${port}`, from: 'box@lan', to: 'a@lan' };
    const result = await told({ webhook: `${webhook}/secret`, email });
    t.match(result, [{ channel: 'email', problem: /ECONNREFUSED.*, 3 times$/ }, { channel: 'webhook' }]);
    t.equal(result[1]?.problem, undefined);
    t.equal(asked, 3);
  },
);

t.test('the address of the webhook stays secret', async (t) => {
  const webhook = await serveHttp(t, (_, response) => response.writeHead(500).end());
  const [{ problem } = {}] = await told({ webhook: `${webhook}/secret` });
  t.match(problem, /HTTP 500/);
  t.notMatch(problem, /secret/);
});
