import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import type { Bench } from '../bench.ts';
import { serveFiles } from './serve-files.ts';

t.test('files that are offered can be fetched, nothing else; the end leaves no connection', async (t) => {
  const folder = t.testdir({ 'update.pack': 'a pack' });
  const cleanups: (() => unknown)[] = [];
  const server = await serveFiles({
    defer: (_, cleanup) => cleanups.push(cleanup),
  } as Partial<Bench> as Bench);
  const at = (path: string) => `http://127.0.0.1:${server.hostPort}${path}`;
  const path = server.offer(join(folder, 'update.pack'));
  t.equal(await (await fetch(at(path))).text(), 'a pack');
  for (const other of ['/', '/2', '/-1', '/update.pack', '/../etc/passwd']) {
    t.equal((await fetch(at(other))).status, 404, other);
  }
  // A guest that has asked for half of something.
  const socket = connect(server.hostPort, '127.0.0.1').on('error', () => {});
  await once(socket, 'connect');
  socket.write('GET /1 HTTP/1.1\r\n');
  await server.offer(join(folder, 'gone'));
  const missing = await fetch(at('/2')).then(
    async (response) => await response.text(),
    () => 'no answer',
  );
  t.equal(missing, 'no answer', 'a file that is gone is not an empty one');
  const closed = once(socket, 'close');
  for (const cleanup of cleanups) await cleanup();
  await closed;
  await t.rejects(fetch(at(path)));
});
