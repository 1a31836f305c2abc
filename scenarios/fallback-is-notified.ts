import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { type Bench, redundantSet, redundantUnit, scenario } from 'assay';

const notify = `webhook: http://10.0.2.101/box7
email: { server: 10.0.2.102, from: box7@example.org, to: [admin@example.org] }
`;

scenario(
  'fallback-is-notified',
  {
    summary:
      'a machine that runs from partition 2 tells by webhook and e-mail, and keeps it in its event log (B6)',
    tags: ['known-state'],
  },
  async (bench) => {
    const calls: string[] = [];
    const mails: string[] = [];
    const webhook = createHttpServer((request, response) => {
      let body = '';
      request.on('data', (bytes) => (body += bytes));
      request.on('end', () => {
        calls.push(body);
        response.end();
      });
    });
    const services = [
      { guestAddress: '10.0.2.101', guestPort: 80, hostPort: await listen(bench, webhook) },
      { guestAddress: '10.0.2.102', guestPort: 25, hostPort: await listen(bench, mailServer(mails)) },
    ];
    const nics = [{ mac: '52:54:00:00:0b:06', services }];
    const unit = await redundantUnit(bench, await redundantSet(bench), 'alpha', { machine: { nics } });
    await unit.start();
    bench.check('nothing to tell from partition 1', [calls.length, mails.length], [0, 0]);
    await unit.command(`mkdir -p /data/assay && printf '%s' '${notify}' >/data/assay/notify.yaml && sync`);
    await unit.powerOff();
    await unit.damagePartition('system-1', '/vmlinuz');

    const up = await unit.start();
    bench.check('partition 2 runs', up.system, 'system-2');
    const told = new Set<string>();
    while (told.size < 2) told.add((await unit.says(/ASSAY EVENT notified (.*)\n/))[0]!);
    const { running, passedOver } = JSON.parse(calls[0]!);
    bench.check('the webhook was called once', calls.length, 1);
    bench.check('with what runs', running, 'system-2');
    bench.check('with what does not, and why', /differ/.test(passedOver['system-1']), true);
    bench.check('one mail was sent', mails.length, 1);
    bench.check('it names the partition', /system-2/.test(mails[0]!), true);
    const log = await unit.command('cat /data/assay/events.jsonl');
    bench.check('the event log has it, too', /"event":"fallback"/.test(log), true);
    await unit.powerOff();
  },
);

/** @returns the port on 127.0.0.1. */
async function listen(bench: Bench, server: Server): Promise<number> {
  bench.defer('a server ends', () => server.close());
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return (server.address() as AddressInfo).port;
}

/** Takes mail as RFC 5321 has it, as far as a client needs. */
function mailServer(mails: string[]): Server {
  return createServer((socket) => {
    let text = '';
    let isData = false;
    socket.write('220 mail.example.org\r\n');
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      text += bytes;
      for (let end = text.indexOf('\r\n'); end !== -1; end = text.indexOf('\r\n')) {
        if (isData) {
          const last = text.indexOf('\r\n.\r\n');
          if (last === -1) return;
          mails.push(text.slice(0, last));
          text = text.slice(last + 5);
          isData = false;
          socket.write('250 taken\r\n');
          continue;
        }
        const line = text.slice(0, end);
        text = text.slice(end + 2);
        isData = line === 'DATA';
        if (line === 'QUIT') socket.end('221 bye\r\n');
        else socket.write(isData ? '354 go on\r\n' : '250 well\r\n');
      }
    });
  });
}
