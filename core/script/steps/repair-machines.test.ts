import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer as createSecureServer, type Server } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { fixtureKinds } from '../fixtures/kinds.ts';
import { keyedServerOptions } from '../remote/keyed-tls.ts';
import { SendFailure, sendScript } from '../remote/send-script.ts';
import type { StepKind } from '../step-kind.ts';
import { fakeContext } from './fixtures/fake-context.ts';
import { fakeCard, makeMachine, together } from './fixtures/fake-machine.ts';
import { makeRepairMachines } from './repair-machines.ts';

const digits = '07'.repeat(32);
const key = Buffer.alloc(32, 7);

/** What an agent answers, each time that it is asked: a status with words, or lines. */
type Answer = { status: number; message: string } | { lines: readonly object[]; breaks?: boolean };

const succeeded: Answer = {
  lines: [
    { type: 'event', text: 'STEP started first' },
    { type: 'ended', outcome: 'succeeded', end: 'prompt' },
  ],
};

/** Machines on addresses of this host, all at one port, as agents are. */
async function machines(t: Test, agents: Record<string, { answers: Answer[]; key?: Buffer }>) {
  const port = await freePort();
  const asked: string[] = [];
  for (const [address, { answers, key: itsKey = key }] of Object.entries(agents)) {
    const server: Server = createSecureServer(keyedServerOptions(itsKey), async (request, response) => {
      const sent = Buffer.concat(await request.toArray()).toString('utf8');
      asked.push(`${address}: ${sent}`);
      const answer = answers.shift()!;
      if ('status' in answer) {
        response.writeHead(answer.status).end(JSON.stringify({ message: answer.message }));
        return;
      }
      for (const line of answer.lines) response.write(`${JSON.stringify(line)}\n`);
      if (answer.breaks) setTimeout(() => request.socket.destroy(), 50);
      else response.end();
    });
    server.listen(port, address);
    await once(server, 'listening');
    t.teardown(() => {
      server.close();
      server.closeAllConnections();
    });
  }
  return { port, asked };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function step(
  t: Test,
  { text = 'text: hello', keyText = digits, cards = [] as string[], send = sendScript } = {},
) {
  const folder = t.testdir({});
  const fakes = cards.map((name, index) => fakeCard(`0000:00:0${index}.0`, { name, driver: 'e1000' }));
  const { sysFolder } = makeMachine(folder, together(...fakes));
  mkdirSync(join(folder, 'script/good'), { recursive: true });
  const write = (name: string, content: string) => writeFileSync(join(folder, 'script', name), content);
  write('repair.yaml', `name: repair\nsteps:\n  - { name: first, do: say, with: { ${text} } }\n`);
  write('agent.key', keyText);
  write('good/hosts', 'localhost');
  const kinds: StepKind[] = [...fixtureKinds];
  const kind = makeRepairMachines(() => kinds, { sysFolder, pauseMs: 10, send });
  const context = fakeContext({ scriptFolder: join(folder, 'script') });
  const run = (written: object) =>
    kind.run(kind.options.parse({ script: 'repair.yaml', key: 'agent.key', ...written }), context);
  return { run, context, options: kind.options };
}

t.test('every machine gets the script with its files, and what it says is told with its name', async (t) => {
  const { port, asked } = await machines(t, {
    '127.0.0.1': { answers: [succeeded] },
    '127.0.0.2': { answers: [succeeded] },
  });
  const { run, context } = step(t);
  const facts = await run({ machines: ['127.0.0.1', '127.0.0.2'], files: 'good', port });
  t.same(facts, { machines: 2, repaired: 2 });
  t.match(asked.sort(), [
    /^127\.0\.0\.1: \{.*"good\/hosts".*\}\nname: repair\n[\s\S]*\nlocalhost$/,
    /^127\.0\.0\.2: /,
  ]);
  t.same(
    context.lines.filter((line) => line.startsWith('127.0.0.1')),
    ['127.0.0.1: STEP started first', '127.0.0.1: repaired'],
  );
});

t.test('what becomes of one keeps none of the others from being repaired', async (t) => {
  const failed = { type: 'ended', outcome: 'failed', end: 'prompt', error: 'SCRIPT_X: no disk' };
  const begun = { type: 'event', text: 'STEP started first' };
  const { port, asked } = await machines(t, {
    '127.0.0.1': { answers: [], key: Buffer.alloc(32, 8) },
    '127.0.0.2': { answers: [{ lines: [failed] }] },
    '127.0.0.3': { answers: [{ lines: [begun], breaks: true }] },
    '127.0.0.4': { answers: [{ status: 422, message: 'it cannot run the script' }] },
    '127.0.0.5': { answers: [{ status: 409, message: 'it is busy' }, succeeded] },
  });
  const { run } = step(t);
  const names = ['1', '2', '3', '4', '5', '6'].map((last) => `127.0.0.${last}`);
  const error = await run({ machines: names, port, parallel: 2, reachWithin: '1s' }).catch((error) => error);
  t.equal(error.code, 'SCRIPT_MACHINES_NOT_REPAIRED');
  for (const words of [
    '1 repaired',
    '127.0.0.1: it is refused: the agent has another key, or is none',
    '127.0.0.2: SCRIPT_X: no disk',
    /127\.0\.0\.3: the connection broke while it ran the script .* after "STEP started first"/,
    '127.0.0.4: it cannot run the script',
    /127\.0\.0\.6: it cannot be reached at 127.0.0.6: .*ECONNREFUSED.*.*; tried for \d+s/,
  ]) {
    t.match(error.message, words);
  }
  t.notMatch(error.message, '127.0.0.5');
  t.equal(asked.length, 5, 'what has begun is not begun again; who was busy was asked twice');
});

t.test('nothing is sent when the script, its files or the key are wrong', async (t) => {
  const { port, asked } = await machines(t, { '127.0.0.1': { answers: [succeeded] } });
  const wrong = { machines: ['127.0.0.1'], port };
  await t.rejects(step(t, { text: 'txet: hello' }).run(wrong), { code: 'SCRIPT_INVALID', message: /txet/ });
  await t.rejects(step(t).run({ ...wrong, files: ['gone'] }), { code: 'SCRIPT_PACKAGE_REFUSED' });
  await t.rejects(step(t).run({ ...wrong, files: '..' }), { code: 'SCRIPT_PACKAGE_REFUSED' });
  await t.rejects(step(t, { keyText: digits.slice(2) }).run(wrong), { code: 'SCRIPT_KEY_UNUSABLE' });
  t.same(asked, []);
});

t.test('a MAC address leads to the address that the card gives itself, behind a card of ours', async (t) => {
  const hosts: string[] = [];
  const send: typeof sendScript = async (_, { host }) => {
    hosts.push(host);
    if (hosts.length > 3) return { type: 'ended', outcome: 'succeeded', end: 'prompt' };
    throw new SendFailure('nobody is there', false);
  };
  const machines = ['52:54:00:AB:00:01'];
  const { run, context } = step(t, { cards: ['eth0', 'eth1'], send });
  t.same(await run({ machines }), { machines: 1, repaired: 1 });
  t.same(context.programs, ['ip link set eth0 up', 'ip link set eth1 up']);
  const [eth0, eth1] = ['fe80::5054:ff:feab:1%eth0', 'fe80::5054:ff:feab:1%eth1'];
  t.same(hosts, [eth0, eth1, eth0, eth1]);
  t.same(context.lines, ['52:54:00:ab:00:01: not yet: nobody is there', '52:54:00:ab:00:01: repaired']);
  const gone = step(t, { cards: ['eth0'], send }).run({ machines, card: 'eth7' });
  await t.rejects(gone, { code: 'SCRIPT_NETWORK_NOT_STARTED', message: /eth7/ });
});

t.test('when the step is ended nothing more is tried', async (t) => {
  const ended = new AbortController();
  const { run, context } = step(t);
  const running = run({ machines: ['127.0.0.1'], port: await freePort() });
  context.signal = ended.signal;
  ended.abort(new Error('its time is over'));
  await t.rejects(running, { message: 'its time is over' });
});

t.test('options', async (t) => {
  const { options } = step(t);
  const good = { machines: ['::1'], script: 'a.yaml', key: 'k' };
  t.match(options.parse(good), { port: 7946, parallel: 8, reachWithin: 120_000, files: [] });
  for (const more of [
    { machines: [] },
    { machines: ['alpha'] },
    { machines: ['52:54:00:00:00'] },
    // A group of machines, not one.
    { machines: ['01:00:5e:00:00:01'] },
    { machines: ['52:54:00:00:00:0A', '52:54:00:00:00:0a'] },
    { parallel: 0 },
    { reachWithin: '2' },
    { card: 'eth0; rm' },
    { key: undefined },
    { keys: 'k' },
  ]) {
    t.notOk(options.safeParse({ ...good, ...more }).success, JSON.stringify(more));
  }
});
