import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { makeFetch } from './fetch.ts';
import { type FakeContextOptions, fakeContext } from './fixtures/fake-context.ts';
import { type FakeMachine, fakeDisk, makeMachine, together } from './fixtures/fake-machine.ts';
import { serveHttp } from './fixtures/http-server.ts';
import { machinePlaces } from './hardware/places.ts';

const content = randomBytes(300_000);
const sha256 = createHash('sha256').update(content).digest('hex');
const code = 'SCRIPT_FETCH_FAILED';

function fetching(t: Test, contextOptions: FakeContextOptions = {}, machine?: FakeMachine) {
  const folder = join(t.testdir({ to: {} }), 'to');
  const places = machine === undefined ? machinePlaces : makeMachine(join(folder, '..'), machine);
  const kind = makeFetch(places, 0);
  const context = fakeContext({ scriptFolder: folder, ...contextOptions });
  const get = (written: object) => kind.run(kind.options.parse({ to: 'file', ...written }), context);
  return { get, folder, context, places };
}

t.test('a file by HTTP, over a redirection, with its hash', async (t) => {
  const server = await serveHttp(t, ({ url }, response) => {
    if (url === '/moved') response.writeHead(302, { location: '/file' }).end();
    else response.end(content);
  });
  const { get, folder } = fetching(t);
  const facts = await get({ from: `${server}/moved`, to: 'new/folder/file', sha256: sha256.toUpperCase() });
  t.match(facts, { sizeBytes: content.length, sha256, bytesPerSecond: Number });
  t.ok(readFileSync(join(folder, 'new/folder/file')).equals(content));
  t.same(readdirSync(join(folder, 'new/folder')), ['file'], 'nothing else is left');
});

t.test('a wrong hash is not tried again, and what lay there stays', async (t) => {
  let asked = 0;
  const server = await serveHttp(t, (_, response) => {
    asked += 1;
    response.end('something else');
  });
  const { get, folder } = fetching(t);
  writeFileSync(join(folder, 'file'), 'old');
  await t.rejects(get({ from: `${server}/`, sha256, attempts: 3 }), {
    code,
    facts: { got: /expected [0-9a-f]{64}$/ },
  });
  t.equal(asked, 1);
  t.equal(readFileSync(join(folder, 'file'), 'utf8'), 'old');
  t.same(readdirSync(folder), ['file']);
});

t.test('half a file is none; another attempt gets it', async (t) => {
  let asked = 0;
  const server = await serveHttp(t, (_, response) => {
    asked += 1;
    response.writeHead(200, { 'content-length': content.length });
    if (asked === 3) response.end(content);
    else response.write(content.subarray(0, 1000), () => response.destroy());
  });
  const { get, folder, context } = fetching(t);
  await t.rejects(get({ from: `${server}/`, attempts: 2 }), { code, facts: { tried: /attempt 2 of 2/ } });
  t.same(readdirSync(folder), []);
  await get({ from: `${server}/` });
  t.ok(readFileSync(join(folder, 'file')).equals(content));
  t.match(context.lines, [/attempt 1 of 2/]);
});

t.test('a server that says no, and one that is not there', async (t) => {
  let asked = 0;
  const server = await serveHttp(t, ({ url }, response) => {
    asked += 1;
    response.writeHead(url === '/busy' ? 503 : 404).end();
  });
  const { get } = fetching(t);
  await t.rejects(get({ from: `${server}/gone`, attempts: 3 }), {
    code,
    facts: { got: 'HTTP 404 Not Found' },
  });
  t.equal(asked, 1);
  await t.rejects(get({ from: `${server}/busy`, attempts: 3 }), { code, facts: { got: /^HTTP 503/ } });
  t.equal(asked, 4);
  await t.rejects(get({ from: 'http://127.0.0.1:9/' }), { code, facts: { got: /ECONNREFUSED/ } });
});

t.test('user and password go to the server, nowhere else', async (t) => {
  const seen: IncomingMessage['headers'][] = [];
  const other = await serveHttp(t, ({ headers }, response) => {
    seen.push(headers);
    response.writeHead(404).end();
  });
  const server = await serveHttp(t, ({ headers }, response) => {
    seen.push(headers);
    response.writeHead(302, { location: `${other}/` }).end();
  });
  const { get, context } = fetching(t);
  const error = await get({ from: `${server}/`, user: 'me', password: 'secret', attempts: 2 }).catch(
    (error) => error,
  );
  t.equal(seen[0]!.authorization, `Basic ${Buffer.from('me:secret').toString('base64')}`);
  t.equal(seen[1]!.authorization, undefined);
  t.notMatch(JSON.stringify(error) + error.stack + context.lines, 'secret');
});

t.test('a step that is given up ends', async (t) => {
  const given = new AbortController();
  const server = await serveHttp(t, (_, response) => {
    response.write('a little');
    given.abort(new Error('given up'));
  });
  const { get, folder } = fetching(t, { signal: given.signal });
  await t.rejects(get({ from: `${server}/`, attempts: 5 }), { message: 'given up' });
  t.same(readdirSync(folder), []);
});

t.test('TFTP is the program’s affair, the hash is ours', async (t) => {
  const { get, folder, context } = fetching(t, {
    runProgram: (_, words) => {
      writeFileSync(words[words.indexOf('-l') + 1]!, content);
      return '';
    },
  });
  t.match(await get({ from: 'tftp://10.0.2.2:6969/images/a%20file', sha256 }), { sizeBytes: content.length });
  t.match(context.programs, [/^tftp -g -b 1428 -l .*\/file\..*\.part -r images\/a file 10\.0\.2\.2 6969$/]);
  t.same(readdirSync(folder), ['file']);
});

t.test('a file on a removable disk, which is not the medium', async (t) => {
  const machine = together(
    fakeDisk('sda', 4096, { port: '/usb1/1-1', partitions: [[0, 4096]] }),
    fakeDisk('sdb', 4096, { port: '/usb1/1-2', partitions: [[2048, 2048]] }),
    fakeDisk('vda', 4096),
  );
  const runProgram = (name: string, words: readonly string[]) => {
    if (name === 'mount' && words[1] === 'vfat') throw new Error('wrong file system');
    return '';
  };
  const mounts = '/dev/sda1 /medium iso9660 ro 0 0\n';
  const { get, context, places } = fetching(t, { runProgram }, { ...machine, mounts });
  await t.rejects(get({ from: 'removable:/images%2F..%2F..%2Ffile' }), {
    code,
    facts: { got: /^\/file is not on sdb1$/ },
  });
  const device = join(places.devFolder, 'sdb1');
  const folder = join(places.removableFolder, 'sdb1');
  t.same(context.programs, [
    `mount -t vfat -o ro ${device} ${folder}`,
    `mount -t ext4 -o ro,noload ${device} ${folder}`,
    `umount ${folder}`,
  ]);
});

t.test('no removable disk', async (t) => {
  const { get } = fetching(t, {}, {});
  await t.rejects(get({ from: 'removable:/file' }), { code, facts: { got: 'there is no removable disk' } });
});

t.test('addresses that cannot be, and passwords in them', async (t) => {
  const { options } = makeFetch();
  const to = '/f';
  for (const from of ['http://a/b', 'https://a/b', 'tftp://a/b', 'removable:/b'])
    t.ok(options.safeParse({ from, to }).success, from);
  for (const wrong of [
    { from: 'ftp://a/b', to },
    { from: '/b', to },
    { from: 'http://me:pw@a/b', to },
    { from: 'tftp://a/b', to, user: 'me' },
    { from: 'http://a/b', to, password: 'pw' },
    { from: 'http://a/b', to, sha256: 'abc' },
    { from: 'http://a/b', to, attempts: 0 },
  ])
    t.notOk(options.safeParse(wrong).success, JSON.stringify(wrong));
  t.notMatch(JSON.stringify(options.safeParse({ from: 'http://me:pw@a/b', to }).error), 'pw@');
});
