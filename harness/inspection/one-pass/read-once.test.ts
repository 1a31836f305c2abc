import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { ImageSource } from '../image-source.ts';
import { longestPieceBytes, type PassObserver, readOnce } from './read-once.ts';

const mebibyte = 1024 ** 2;

/** Puts together what it is shown; holes as zeros. */
class Everything implements PassObserver {
  readonly bytes: Buffer;
  readonly calls: string[] = [];
  atBytes = 0;
  readonly isInOrder: boolean[] = [];

  constructor(sizeBytes: number) {
    this.bytes = Buffer.alloc(sizeBytes);
  }

  async onData(offsetBytes: number, bytes: Buffer): Promise<void> {
    this.isInOrder.push(offsetBytes === this.atBytes);
    this.atBytes = offsetBytes + bytes.length;
    // The next piece is being read meanwhile, and must not go into this one's memory.
    await new Promise((resolve) => setTimeout(resolve, 2));
    bytes.copy(this.bytes, offsetBytes);
    this.calls.push(`${offsetBytes}+${bytes.length}`);
  }

  onHole(offsetBytes: number, lengthBytes: number): void {
    this.isInOrder.push(offsetBytes === this.atBytes);
    this.atBytes = offsetBytes + lengthBytes;
    this.calls.push(`${offsetBytes}~${lengthBytes}`);
  }
}

async function sparseFile(
  path: string,
  sizeBytes: number,
  parts: readonly [number, Buffer][],
): Promise<string> {
  await using file = await open(path, 'w');
  await file.truncate(sizeBytes);
  for (const [offsetBytes, bytes] of parts) await file.write(bytes, 0, bytes.length, offsetBytes);
  await file.sync();
  return path;
}

/** Repeats itself after a prime number of bytes, so that no piece is like the one before. */
function noise(lengthBytes: number): Buffer {
  return Buffer.alloc(
    lengthBytes,
    Buffer.from(Array.from({ length: 65_521 }, (_, index) => (index * 7919) % 251)),
  );
}

t.test('every byte once, in order, and holes are not read', async (t) => {
  const data = noise(2 * longestPieceBytes + 12_288);
  const sizeBytes = 64 * mebibyte + 1000;
  const parts: [number, Buffer][] = [
    [3 * mebibyte, data],
    [40 * mebibyte, noise(4096)],
    [sizeBytes - 100, noise(100)],
  ];
  await using source = await ImageSource.open(await sparseFile(join(t.testdir(), 'disk'), sizeBytes, parts));
  const [one, two] = [new Everything(sizeBytes), new Everything(sizeBytes)];
  const progress: number[] = [];
  const summary = await readOnce(source, {
    observers: [one, two],
    onProgress: (doneBytes) => progress.push(doneBytes),
  });
  const expected = Buffer.alloc(sizeBytes);
  for (const [offsetBytes, bytes] of parts) bytes.copy(expected, offsetBytes);
  for (const seen of [one, two]) {
    t.ok(seen.bytes.equals(expected), 'the bytes are those of the disk');
    t.notOk(seen.isInOrder.includes(false), 'in order and without gaps');
    t.equal(seen.atBytes, sizeBytes, 'to its end');
  }
  t.same(one.calls, two.calls);
  t.ok(one.calls.includes(`${0}~${3 * mebibyte}`), 'a hole is one call');
  t.equal(summary.readBytes + summary.holeBytes, sizeBytes);
  t.ok(summary.readBytes < data.length + 3 * 65_536, `holes are not read: ${summary.readBytes}`);
  t.equal(progress.at(-1), sizeBytes);
  t.same(
    progress,
    [...progress].sort((a, b) => a - b),
  );
});

t.test('a disk without bytes, and one without data', async (t) => {
  const folder = t.testdir({ empty: '' });
  await using empty = await ImageSource.open(join(folder, 'empty'));
  t.same(await readOnce(empty, { observers: [new Everything(0)] }), { readBytes: 0, holeBytes: 0 });
  await using hole = await ImageSource.open(await sparseFile(join(folder, 'hole'), 2 ** 40, []));
  t.same(await readOnce(hole, { observers: [] }), { readBytes: 0, holeBytes: 2 ** 40 });
});

t.test('a disk that somebody writes to', async (t) => {
  const path = join(t.testdir(), 'disk');
  await writeFile(path, noise(12 * mebibyte));
  await using source = await ImageSource.open(path);
  const writer: PassObserver = {
    onData: async () => {
      await using file = await open(path, 'r+');
      await file.write('written');
      await file.utimes(1, 1);
    },
    onHole: () => {},
  };
  await t.rejects(readOnce(source, { observers: [writer] }), { code: 'WITNESS_DISK_CHANGED' });
});

t.test('a disk that was written to in the last moment', async (t) => {
  const path = join(t.testdir(), 'disk');
  await writeFile(path, noise(4096));
  await using source = await ImageSource.open(path);
  const writer: PassObserver = {
    onData: async () => {
      await using file = await open(path, 'r+');
      await file.utimes(1, 1);
    },
    onHole: () => {},
  };
  await t.rejects(readOnce(source, { observers: [writer] }), { code: 'WITNESS_DISK_CHANGED' });
});

t.test('a signal ends it, and so does an observer', async (t) => {
  const path = join(t.testdir(), 'disk');
  await writeFile(path, noise(20 * mebibyte));
  await using source = await ImageSource.open(path);
  const abort = new AbortController();
  const seen: number[] = [];
  const aborting: PassObserver = {
    onData: (offsetBytes) => {
      seen.push(offsetBytes);
      abort.abort(new Error('enough'));
    },
    onHole: () => {},
  };
  await t.rejects(readOnce(source, { observers: [aborting], signal: abort.signal }), { message: 'enough' });
  t.same(seen, [0], 'not one piece more');
  await t.rejects(readOnce(source, { observers: [aborting], signal: abort.signal }), { message: 'enough' });
  t.same(seen, [0], 'nothing at all when it was aborted before');
  const failing: PassObserver = {
    onData: () => {
      throw new Error('of the observer');
    },
    onHole: () => {},
  };
  await t.rejects(readOnce(source, { observers: [failing] }), { message: 'of the observer' });
});
