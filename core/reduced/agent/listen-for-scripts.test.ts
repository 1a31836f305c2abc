import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from 'node:tls';
import t, { type Test } from 'tap';
import { z } from 'zod';
import { readScript, stepKind } from '../../script/index.ts';
import { keyedClientOptions } from '../../script/remote/keyed-tls.ts';
import { packScript } from '../../script/remote/pack-script.ts';
import { sendScript } from '../../script/remote/send-script.ts';
import { listenForScripts } from './listen-for-scripts.ts';

const key = Buffer.alloc(32, 7);

/** An agent on this host, a script that is sent to it from a folder, and what both say. */
async function agentOf(t: Test, { refuseEnd = false } = {}) {
  const folder = t.testdir({ sender: {}, agent: {} });
  const announced: string[] = [];
  const ends: string[] = [];
  const held = Promise.withResolvers<void>();
  const kinds = [
    stepKind({
      name: 'say',
      summary: 'says what a file beside the script holds',
      options: z.strictObject({ file: z.string() }),
      async run({ file }, { log, scriptFolder, mediumFolder }) {
        const text = await readFile(join(scriptFolder, file), 'utf8');
        log(`${text.slice(0, 20)}, ${mediumFolder}`);
        return { sizeBytes: text.length };
      },
    }),
    stepKind({
      name: 'hold',
      summary: 'runs until the test ends it',
      options: z.strictObject({}),
      run: async () => (await held.promise) as undefined,
    }),
    stepKind({
      name: 'fail',
      summary: 'fails',
      options: z.strictObject({}),
      async run() {
        throw new Error('no good');
      },
    }),
  ];
  const server = await listenForScripts({
    ...{ key, port: 0, workFolder: join(folder, 'agent'), kinds, mediumFolder: '/medium/assay' },
    announce: (text) => announced.push(text),
    logPath: join(folder, 'script.log'),
    runProgram: async () => '',
    signal: new AbortController().signal,
    endMachine: async (how) => {
      ends.push(`${how}, with ${await connections()} connections`);
      if (refuseEnd) throw new Error('init does not listen');
      return await new Promise<never>(() => {});
    },
  });
  const connections = async () =>
    await new Promise((resolve) => server.getConnections((_, count) => resolve(count)));
  t.teardown(() => {
    held.resolve();
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const pack = async (files: Record<string, string>) => {
    for (const [name, text] of Object.entries(files)) {
      const path = join(folder, 'sender', name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    }
    const script = await readScript(join(folder, 'sender/script.yaml'), kinds);
    return await packScript(
      script,
      Object.keys(files).map((name) => join(folder, 'sender', name)),
    );
  };
  let job = 0;
  const send = async (
    files: Record<string, string>,
    {
      signal = new AbortController().signal,
      ...more
    }: { signal?: AbortSignal; key?: Buffer; job?: string } = {},
  ) => {
    const said: string[] = [];
    job += 1;
    const request = { host: '127.0.0.1', port, key, job: String(job), ...more };
    const ended = await sendScript(await pack(files), request, { log: (text) => said.push(text), signal });
    return { ended, said };
  };
  return { folder, announced, ends, held, port, send };
}

const saying = (more = '') =>
  `name: repair\n${more}steps:\n  - { name: first, do: say, with: { file: good/hosts } }\n`;
const holding = 'name: slow\nsteps:\n  - { name: wait, do: hold }\n';

t.test('a script is run with its files, and everything is said on both sides', async (t) => {
  const { folder, announced, send, ends } = await agentOf(t);
  const files = { 'script.yaml': saying(), 'good/hosts': 'localhost' };
  const { ended, said } = await send(files);
  t.same(ended, { type: 'ended', outcome: 'succeeded', end: 'prompt' });
  const story = [
    /^SCRIPT started repair .*\/agent\/1\/script\.yaml$/,
    'STEP started first',
    'STEP log first: localhost, /medium/assay',
    'STEP succeeded first {"sizeBytes":9}',
    /^SCRIPT succeeded repair /,
  ];
  t.match(said, story);
  t.match(announced, [
    'AGENT runs repair for 127.0.0.1',
    ...story,
    'AGENT has run repair for 127.0.0.1: succeeded',
  ]);
  t.equal((await readFile(join(folder, 'script.log'), 'utf8')).trim().split('\n').length, 5);
  t.same(ends, []);
  t.equal((await send(files)).ended.outcome, 'succeeded', 'and another one');
  t.same(await readdir(join(folder, 'agent')), [], 'what was sent is taken away');
});

t.test('large files arrive', async (t) => {
  const { send } = await agentOf(t);
  const text = 'x'.repeat(20 * 1024 ** 2);
  const { said } = await send({ 'script.yaml': saying(), 'good/hosts': text });
  t.match(said[3], '{"sizeBytes":20971520}');
});

t.test('a script that fails says why', async (t) => {
  const { send } = await agentOf(t);
  const { ended } = await send({ 'script.yaml': 'name: bad\nsteps:\n  - { name: first, do: fail }\n' });
  t.same(ended, { type: 'ended', outcome: 'failed', end: 'prompt', error: 'no good' });
});

t.test('the end is answered before the machine restarts', async (t) => {
  const { send, ends, announced } = await agentOf(t, { refuseEnd: true });
  const files = { 'script.yaml': saying('end: restart\n'), 'good/hosts': '' };
  t.match((await send(files)).ended, { outcome: 'succeeded', end: 'restart' });
  for (let wait = 0; wait < 500 && ends.length === 0; wait += 1) await pause(10);
  t.same(ends, ['restart, with 0 connections'], 'who has sent it has read it');
  for (let wait = 0; wait < 500 && announced.length < 9; wait += 1) await pause(10);
  t.match(announced.at(-1), 'SESSION cannot restart: init does not listen');
  t.equal((await send(files)).ended.outcome, 'succeeded', 'a machine that stays goes on');
});

t.test('a machine that is about to restart takes nothing more', async (t) => {
  const { send, ends } = await agentOf(t);
  const files = { 'script.yaml': saying('end: shut-down\n'), 'good/hosts': '' };
  await send(files);
  for (let wait = 0; wait < 500 && ends.length === 0; wait += 1) await pause(10);
  await t.rejects(send(files), { message: /it is busy: runs repair/ });
});

t.test('without the key nobody gets anywhere', async (t) => {
  const { send, announced, folder, port } = await agentOf(t);
  const files = { 'script.yaml': saying(), 'good/hosts': '' };
  await t.rejects(send(files, { key: Buffer.alloc(32, 8) }), { message: /another key/, isFinal: true });
  // A client that would take any certificate, and one with another name for the key.
  for (const more of [{ rejectUnauthorized: false }, otherIdentity()]) {
    const socket = connect({ host: '127.0.0.1', port, ...more });
    await t.rejects(once(socket, 'secureConnect'));
  }
  // Said once, not for each: nobody without the key may flood the console of the machine.
  t.same(announced, ['AGENT refused a connection: not the same key']);
  t.notOk(existsSync(join(folder, 'agent/1')));
  t.equal((await send(files)).ended.outcome, 'succeeded');
});

function otherIdentity() {
  return { ...keyedClientOptions(key), pskCallback: () => ({ psk: key, identity: 'me' }) };
}

t.test('one at a time; what it is busy with is said', async (t) => {
  const { send, held, announced } = await agentOf(t);
  const first = send({ 'script.yaml': holding });
  for (let wait = 0; wait < 500 && announced.length < 3; wait += 1) await pause(10);
  const second = { 'script.yaml': saying(), 'good/hosts': '' };
  await t.rejects(send(second), { message: 'it is busy: runs slow for 127.0.0.1', isFinal: false });
  held.resolve();
  t.equal((await first).ended.outcome, 'succeeded');
  t.equal((await send(second)).ended.outcome, 'succeeded');
});

t.test('a script that is wrong here is not begun', async (t) => {
  const { send, folder, port } = await agentOf(t);
  t.ok(port);
  const files = { 'script.yaml': saying(), 'good/hosts': '' };
  await send(files);
  // Whoever sends it has a kind of step that this agent does not have.
  const path = join(folder, 'sender/script.yaml');
  const text =
    'name: new\nsteps:\n  - { name: first, do: say, with: { file: x } }\n  - { name: b, do: dance }\n';
  await writeFile(path, text);
  const dance = stepKind({
    name: 'dance',
    summary: 'dances',
    options: z.strictObject({}),
    run: async () => undefined,
  });
  const say = stepKind({
    name: 'say',
    summary: 'says',
    options: z.strictObject({ file: z.string() }),
    run: async () => undefined,
  });
  const script = await readScript(path, [dance, say]);
  const sending = sendScript(
    await packScript(script, []),
    { host: '127.0.0.1', port, key, job: 'dance' },
    { log: () => {}, signal: new AbortController().signal },
  );
  await t.rejects(sending, {
    message: /it cannot run the script: script\.yaml, line 4: .*no kind of step "dance"/,
    isFinal: true,
  });
});

t.test('no script is begun twice', async (t) => {
  const { send, held, announced } = await agentOf(t);
  const gone = new AbortController();
  const sending = send({ 'script.yaml': holding }, { job: 'once', signal: gone.signal });
  sending.catch(() => {});
  for (let wait = 0; wait < 500 && announced.length < 3; wait += 1) await pause(10);
  gone.abort(new Error('given up'));
  await t.rejects(sending, { message: 'given up' });
  held.resolve();
  for (let wait = 0; wait < 500 && !/has run/.test(announced.at(-1)!); wait += 1) await pause(10);
  t.match(announced.at(-1), 'AGENT has run slow for 127.0.0.1: succeeded', 'it went on by itself');
  await t.rejects(send({ 'script.yaml': holding }, { job: 'once' }), {
    message: /begun this script before/,
    isFinal: true,
  });
});

t.test('who hangs up in the middle of sending, or sends rubbish, keeps nobody out', async (t) => {
  const { send, announced, port, folder } = await agentOf(t);
  const head = 'POST /scripts HTTP/1.1\r\nhost: x\r\nx-assay-job: j\r\ncontent-length: 1000\r\n\r\n';
  const talk = async (text: string) => {
    const socket = connect({ host: '127.0.0.1', port, ...keyedClientOptions(key) });
    await once(socket, 'secureConnect');
    socket.on('error', () => {}).write(text);
    return socket;
  };
  const cut = await talk(`${head}{"format":`);
  for (let wait = 0; wait < 500 && !existsSync(join(folder, 'agent/1')); wait += 1) await pause(10);
  cut.destroy();
  for (let wait = 0; wait < 500 && announced.length < 1; wait += 1) await pause(10);
  t.match(announced, [/^AGENT took nothing from 127\.0\.0\.1: /]);
  const rubbish = await talk(`${head}${'x\n'.repeat(500)}`);
  t.match(String((await once(rubbish, 'data'))[0]), /^HTTP\/1\.1 400 /);
  rubbish.destroy();
  const other = await talk('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  t.match(String((await once(other, 'data'))[0]), /^HTTP\/1\.1 404 /);
  other.destroy();
  t.equal((await send({ 'script.yaml': saying(), 'good/hosts': '' })).ended.outcome, 'succeeded');
});

t.test('a port that is taken is named', async (t) => {
  const { port } = await agentOf(t);
  const second = listenForScripts({
    ...{ key, port, workFolder: '/nowhere', kinds: [], mediumFolder: '', announce: () => {}, logPath: '' },
    ...{ runProgram: async () => '', signal: new AbortController().signal },
  });
  await t.rejects(second, { code: 'SCRIPT_AGENT_NOT_STARTED', message: new RegExp(`port ${port}`) });
});
