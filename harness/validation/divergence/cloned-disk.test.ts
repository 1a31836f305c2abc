import { createHash } from 'node:crypto';
import { open, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { runTool } from '../../../foundation/index.ts';
import type { ImageSource } from '../../inspection/image-source.ts';
import { openClonedDisk } from './cloned-disk.ts';
import { makeOverlay } from './fixtures/overlay.ts';

const kibibyte = 1024;
const mebibyte = 1024 ** 2;

/** Four mebibytes and a bit: holes, data, and a last sector that is not whole. */
async function makeMaster(folder: string): Promise<string> {
  const path = join(folder, 'master.raw');
  await writeFile(path, Buffer.alloc(mebibyte, 0x11));
  await truncate(path, 4 * mebibyte);
  const file = await open(path, 'r+');
  await file.write(Buffer.alloc(100, 0x22), 0, 100, 4 * mebibyte);
  await file.close();
  return path;
}

const writes = [
  `write -P 0x33 ${300 * kibibyte} 4k`,
  `write -z ${512 * kibibyte} 128k`,
  `write -P 0x44 ${2 * mebibyte - 512} 1536`,
  `write -P 0x55 ${4 * mebibyte} 512`,
];

/** What `qemu-img convert` makes of it: another reader of the same format. */
async function convertedBytes(overlay: string): Promise<Buffer> {
  await runTool('qemu-img', ['convert', '-O', 'raw', overlay, `${overlay}.raw`]);
  return await readFile(`${overlay}.raw`);
}

async function bytesByChunks(source: ImageSource, offsetBytes: number, lengthBytes: number): Promise<Buffer> {
  const bytes = Buffer.alloc(lengthBytes, 0xee);
  let at = offsetBytes;
  for await (const chunk of source.chunks(offsetBytes, lengthBytes)) {
    if (chunk.offsetBytes !== at) throw new Error(`a chunk at ${chunk.offsetBytes}, not at ${at}`);
    const part = bytes.subarray(at - offsetBytes, at - offsetBytes + chunk.lengthBytes);
    if (chunk.bytes === null) part.fill(0);
    else chunk.bytes.copy(part);
    at += chunk.lengthBytes;
  }
  return bytes;
}

t.test('it reads as the machine sees it', async (t) => {
  const master = await makeMaster(t.testdir({}));
  const before = createHash('sha256')
    .update(await readFile(master))
    .digest('hex');
  const overlay = await makeOverlay(master, writes);
  const expected = await convertedBytes(overlay);
  await using source = await openClonedDisk(master, overlay);
  t.equal(source.sizeBytes, 4 * mebibyte + 512, 'whole sectors');
  t.ok((await source.read(0, source.sizeBytes)).equals(expected), 'at once');
  t.equal((await source.read(source.sizeBytes - 10, 100)).length, 10, 'nothing behind its end');
  for (const [offset, length] of [
    [0, source.sizeBytes],
    [300 * kibibyte + 17, 4096],
    [520 * kibibyte, 300 * kibibyte],
    [2 * mebibyte - 1, 2],
    [4 * mebibyte - 5, 517],
  ] as const) {
    const wanted = expected.subarray(offset, offset + length);
    t.ok((await source.read(offset, length)).equals(wanted), `${length} bytes at ${offset}`);
    t.ok(
      (await bytesByChunks(source, offset, length)).equals(wanted),
      `${length} bytes at ${offset}, by chunks`,
    );
  }
  t.equal(
    createHash('sha256')
      .update(await readFile(master))
      .digest('hex'),
    before,
    'the master is as it was',
  );
});

t.test('a last sector of the master that is not whole', async (t) => {
  const master = await makeMaster(t.testdir({}));
  await using source = await openClonedDisk(master, await makeOverlay(master, []));
  const end = Buffer.alloc(612, 0xee);
  await source.readInto(end, 4 * mebibyte - 100);
  t.same(end, Buffer.concat([Buffer.alloc(100), Buffer.alloc(100, 0x22), Buffer.alloc(412)]));
});

t.test('where it has data', async (t) => {
  const master = await makeMaster(t.testdir({}));
  const overlay = await makeOverlay(master, writes);
  const expected = await convertedBytes(overlay);
  await using source = await openClonedDisk(master, overlay);
  let at = 0;
  for await (const { start, length } of source.dataExtents()) {
    t.ok(start >= at && length > 0, `${length} bytes at ${start}, in order`);
    t.ok(
      expected.subarray(at, start).every((byte) => byte === 0),
      'zeros before it',
    );
    at = start + length;
  }
  t.ok(at >= source.sizeBytes - 512 && at <= source.sizeBytes, 'to its end');
  const { fileHolding } = { fileHolding: source.fileHolding.bind(source) };
  t.equal(
    fileHolding({ offsetBytes: 0, lengthBytes: 200 * kibibyte }),
    master,
    'untouched: the master has it',
  );
  t.equal(fileHolding({ offsetBytes: 0, lengthBytes: 301 * kibibyte }), undefined, 'touched');
  t.equal(fileHolding({ offsetBytes: 3 * mebibyte, lengthBytes: 2 * mebibyte }), undefined, 'up to the end');
});

t.test('a raw copy', async (t) => {
  const master = await makeMaster(t.testdir({}));
  await using source = await openClonedDisk(master, master);
  t.equal(source.sizeBytes, 4 * mebibyte + 100);
  t.equal(source.fileHolding({ offsetBytes: 0, lengthBytes: 512 }), master);
});

t.test('overlays that are refused', async (t) => {
  const folder = t.testdir({});
  const master = await makeMaster(folder);
  const other = join(folder, 'other.raw');
  await writeFile(other, await readFile(master));
  const overlay = await makeOverlay(master, writes);
  const refused = (path: string, got: RegExp, of = master) =>
    t.rejects(openClonedDisk(of, path), { code: 'DIVERGENCE_OVERLAY_UNREADABLE', message: got });
  await refused(overlay, /not of .*other\.raw/, other);
  const packed = join(folder, 'packed.qcow2');
  await runTool('qemu-img', ['convert', '-c', '-B', master, '-F', 'raw', '-O', 'qcow2', overlay, packed]);
  await refused(packed, /compressed or encrypted/);
  const alone = join(folder, 'alone.qcow2');
  await runTool('qemu-img', ['create', '-q', '-f', 'qcow2', alone, '1M']);
  await refused(alone, /an overlay of nothing/);
  const grown = await makeOverlay(master, [], { name: 'grown', size: '8M' });
  await refused(grown, /a disk of 8388608 bytes over a master of 4194404/);
  const elsewhere = join(folder, 'elsewhere.qcow2');
  const option = `data_file=${join(folder, 'data.raw')}`;
  await runTool('qemu-img', [
    'create',
    '-q',
    '-f',
    'qcow2',
    '-o',
    option,
    '-F',
    'raw',
    '-b',
    master,
    elsewhere,
  ]);
  await refused(elsewhere, /has its data elsewhere/);
  await truncate(overlay, 320 * kibibyte);
  await refused(overlay, /of a file of 327680 bytes/);
});

t.test('it notices that somebody writes to it', async (t) => {
  const master = await makeMaster(t.testdir({}));
  const overlay = await makeOverlay(master, writes);
  await using source = await openClonedDisk(master, overlay);
  await writeFile(overlay, await readFile(overlay));
  await t.rejects(source.read(300 * kibibyte, 512), { code: 'WITNESS_DISK_CHANGED' });
  await t.rejects(source.assertUnchanged(), { code: 'WITNESS_DISK_CHANGED' });
});
