import { Appliance } from '../appliance/appliance.ts';
import { unitHardware } from '../appliance/unit-hardware.ts';
import type { Bench } from '../bench.ts';
import { benchGuest, typeAtPrompt } from './bench-guest.ts';
import type { Liar } from './liar.ts';

const readyReport = {
  system: 'primary',
  systemId: 'b8045702-fdb9-8d57-9055-b5e171c962c8',
  identityNumber: 'B804-5702',
  hostName: 'assay-b804-5702',
  licenceLevel: 'home',
  layout: 'headless',
  isFirstBoot: true,
};

/** What a guest answers to HTTP requests, by their paths; any other path gets the page. */
type Answers = Record<string, string>;

/** Guests that print the ready line and are not ready. */
export const readyLiars: readonly Liar[] = [
  {
    name: 'ready-without-a-network',
    lie: 'a guest prints the ready line, and nothing answers over the network',
    blame: 'product',
    on: 'machine',
    truth: { outcome: 'failed', codes: ['VM_SERVICE_UNREACHABLE'], evidence: /GET http:\/\/liar:80\// },
    meet: (bench) => believe(bench, undefined, JSON.stringify(readyReport)),
  },
  {
    name: 'ready-with-a-page-only',
    lie: 'a guest prints the ready line, and its page answers every request with itself',
    blame: 'product',
    on: 'machine',
    truth: { outcome: 'failed', codes: ['HARNESS_APPLIANCE_ANSWER'], evidence: /200: all is well/ },
    meet: (bench) => believe(bench, {}, JSON.stringify(readyReport)),
  },
  {
    name: 'ready-with-a-null-status',
    lie: 'a guest prints the ready line, and its status is nothing',
    blame: 'product',
    on: 'machine',
    truth: { outcome: 'failed', codes: ['HARNESS_APPLIANCE_ANSWER'], evidence: /\/api\/status[\s\S]*null/ },
    meet: (bench) => believe(bench, { '/api/status': 'null' }, JSON.stringify(readyReport)),
  },
  {
    name: 'ready-as-another',
    lie: 'a guest prints the ready line, and over the network it is another one',
    blame: 'product',
    on: 'machine',
    truth: { outcome: 'failed', codes: ['HARNESS_READY_UNTRUE'], evidence: /"systemId":"another"/ },
    meet: (bench) => {
      const status = JSON.stringify({ systemId: 'another', state: 'ready' });
      const answers = { '/api/status': status, '/api/sql': '{"rows":[{"count":0}]}' };
      return believe(bench, answers, JSON.stringify(readyReport));
    },
  },
  {
    name: 'ready-in-half-a-line',
    lie: 'a guest prints a ready line that does not say what it has to',
    blame: 'product',
    on: 'machine',
    truth: { outcome: 'failed', codes: ['HARNESS_APPLIANCE_FAILED'], evidence: /"system":"primary"/ },
    meet: (bench) => believe(bench, undefined, '{"system":"primary"}'),
  },
];

/** Has a guest print a ready line, and takes it for an appliance. */
async function believe(bench: Bench, answers: Answers | undefined, report: string): Promise<void> {
  const hardware = unitHardware('liar');
  const running = await benchGuest(bench, {
    nics: [{ mac: hardware.mac, forwardTcpPorts: [80] }],
  });
  await running.console.run('ip addr add 10.0.2.15/24 dev eth0; ip link set eth0 up');
  if (answers) await running.console.run(answering(answers));
  await typeAtPrompt(running, `clear; echo ASS''AY READY '${report}'`);
  const disks = { folder: '/nonexistent', systemPath: '/nonexistent/system.raw' };
  const machine = { powerOn: async () => running, running };
  const appliance = new Appliance(bench, '/nonexistent', 'liar', disks, hardware, machine as never);
  await appliance.powerOn();
  await appliance.ready();
}

/** A web server of a few lines. */
function answering(answers: Answers): string {
  const cases = Object.entries(answers).map(([path, body]) => `${path}) body='${body}';;`);
  return [
    "cat >/responder <<'END'",
    '#!/bin/sh',
    'read -r method path version',
    'body=0; while read -r name value && [ "$value" ]; do case $name in [Cc]ontent-[Ll]ength:) body=$(echo $value | tr -dc 0-9);; esac; done',
    'head -c $body >/dev/null',
    `case $path in ${cases.join(' ')} *) body='all is well';; esac`,
    'printf "HTTP/1.0 200 OK\\r\\nConnection: close\\r\\nContent-Length: %d\\r\\n\\r\\n%s" $(printf %s "$body" | wc -c) "$body"',
    'END',
    'chmod +x /responder; (setsid nc -ll -p 80 -e /responder </dev/null >/dev/null 2>&1 &)',
    'until netstat -ltn | grep -q :80; do usleep 50000; done',
  ].join('\n');
}
