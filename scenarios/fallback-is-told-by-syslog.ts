import {
  type Bench,
  type RunningMachine,
  recoveryMedium,
  redundantSet,
  redundantUnit,
  scenario,
} from 'assay';

const addresses = { alpha: '192.168.7.20', receiver: '192.168.7.1' } as const;

const notify = `syslog: { host: ${addresses.receiver}, facility: local3 }\n`;

/** Of the receiver: alpha gets its address there, as machines in a network do. */
const dhcp = `start ${addresses.alpha}
end ${addresses.alpha}
interface eth0
lease_file /tmp/leases
option subnet 255.255.255.0
`;

/** Keeps each datagram as a line: who sent it, and its bytes. */
const listen = `require('dgram').createSocket('udp4')
  .on('message', (bytes, { address }) =>
    require('fs').appendFileSync('/tmp/datagrams', address + ' ' + bytes.toString('base64') + '\\n'))
  .bind(514, () => require('fs').writeFileSync('/tmp/datagrams', ''));
`;

/** RFC 5424, section 6; the groups are those of its grammar. */
const syslogLine =
  /^<(?<pri>\d{1,3})>(?<version>[1-9]\d{0,2}) (?<timestamp>\S+) (?<hostname>[!-~]{1,255}) (?<appName>[!-~]{1,48}) (?<procId>[!-~]{1,128}) (?<msgId>[!-~]{1,32}) (?<data>-|\[.+\])(?: (?<msg>.*))?$/su;

/** RFC 3339 with a T, and no more than microseconds. */
const syslogTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)$/;

scenario(
  'fallback-is-told-by-syslog',
  {
    summary:
      'a machine that runs from partition 2 tells a syslog server on its network, in one datagram by RFC 5424 (B6)',
    tags: ['known-state'],
    needs: { machines: 2, memoryMiB: 1280 },
  },
  async (bench) => {
    const { console } = await startReceiver(bench);
    const nics = [{ mac: '52:54:00:00:0b:07', network: 'lan' }];
    const unit = await redundantUnit(bench, await redundantSet(bench), 'alpha', { machine: { nics } });
    await unit.start();
    await unit.command(`mkdir -p /data/assay && printf '%s' '${notify}' >/data/assay/notify.yaml && sync`);
    await unit.powerOff();
    // The settings are there from here on, and partition 1 has nothing to tell.
    await unit.start();
    await unit.powerOff();
    const { output: nothing } = await console.run('cat /tmp/datagrams');
    bench.check('nothing is told from partition 1', nothing, '');

    await unit.damagePartition('system-1', '/vmlinuz');
    const up = await unit.start();
    bench.check('partition 2 runs', up.system, 'system-2');
    await unit.says('ASSAY EVENT notified told by syslog');
    await console.run('until [ -s /tmp/datagrams ]; do sleep 1; done', { timeoutMs: 60_000 });
    const [from, base64] = (await console.run('head -n 1 /tmp/datagrams')).output.trim().split(' ');
    bench.check('from the machine', from, addresses.alpha);
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      Buffer.from(base64!, 'base64'),
    );
    bench.note(text);
    const { pri, version, timestamp, hostname, appName, procId, msgId, data, msg } =
      syslogLine.exec(text)?.groups ?? {};
    bench.check('it is a warning of local3', Number(pri), 19 * 8 + 4);
    bench.check('of version 1', version, '1');
    bench.check('with a time', syslogTime.test(timestamp ?? ''), true);
    bench.check('from this host', `${hostname}\n`, await unit.command('hostname'));
    bench.check('and this program', [appName, procId, msgId, data], ['assay', '-', 'fallback', '-']);
    const log = (await unit.command('cat /data/assay/events.jsonl')).trim().split('\n');
    const event = log.map((line) => JSON.parse(line)).findLast((one) => one.event === 'fallback');
    const told = `\ufeff${event.text}, serial number ${event.machine.serial}`;
    bench.check('it says, in UTF-8, what the event log says', msg, told);
    bench.check('of the same moment', timestamp, event.time);
    const named = /system-2 runs, not system-1 \(system-1: block \d+ differs\)/.test(event.text);
    bench.check('which names the partitions and the reason', named, true);
    await unit.powerOff();
    bench.check('one datagram came', (await console.run('wc -l </tmp/datagrams')).output.trim(), '1');
  },
);

/** A machine from a recovery medium that gives addresses and keeps what comes by syslog. */
async function startReceiver(bench: Bench): Promise<RunningMachine> {
  const files = { 'dhcp.conf': dhcp, 'listen.cjs': listen };
  const machine = await bench.machine({
    ...{ name: 'receiver', memoryMiB: 512, bootOrder: ['cd'] },
    cdPath: await recoveryMedium(bench, { files }),
    nics: [{ mac: '52:54:00:00:0b:01', network: 'lan' }],
  });
  const running = await machine.powerOn();
  const { console } = running;
  const prompt = () => console.expect('ASSAY PROMPT', { timeoutMs: 120_000 });
  await bench.step('the receiver is up', prompt, { category: 'boot', machine: 'receiver' });
  await console.run('modprobe virtio_net && ip link set eth0 up');
  await console.run(`ip address add ${addresses.receiver}/24 dev eth0`);
  await console.run('busybox udhcpd /medium/assay/dhcp.conf');
  await console.run('node /medium/assay/listen.cjs >/dev/null 2>&1 &');
  await console.run('until [ -e /tmp/datagrams ]; do sleep 1; done', { timeoutMs: 60_000 });
  return running;
}
