import t from 'tap';
import type { HeardRequest } from './disk-request.ts';
import { servedDisk } from './fixtures/served-disk.ts';

t.test('who listens to a disk hears of all that is read and changed, and of nothing else', async (t) => {
  const { disk, powerOn } = await servedDisk(t, Buffer.alloc(64 * 512));
  const heard: HeardRequest[] = [];
  disk.listen((request) => heard.push(request));
  const client = await powerOn();
  await client.read(512, 1024);
  await client.write(1024, Buffer.alloc(512, 1));
  await client.flush();
  t.strictSame(heard, [
    { kind: 'read', offsetBytes: 512, lengthBytes: 1024 },
    { kind: 'write', offsetBytes: 1024, lengthBytes: 512 },
  ]);
});
