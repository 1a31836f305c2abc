import { open, truncate } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { copySparse, sectorBytes } from '../../../foundation/index.ts';
import { damagePattern, SeededNumbers } from '../../faults/index.ts';
import { inspectDisk } from '../../witness/index.ts';
import type { FaultTargetDisk } from '../fault-declaration.ts';

/** Places in a raw record (docs/layouts.md, "Raw records"). */
const record = { payloadLength: 16, payload: 20, payloadLimit: 488, checksum: 508 };

/**
 * Makes a disk as another machine would have it, of the same size: a copy with another identity where the disk has one,
 * else the disk of a PC. A seed gives the same disk.
 *
 * @returns what it is.
 */
export async function makeForeignDisk(
  toPath: string,
  { path, layout }: FaultTargetDisk,
  seed: string,
  scratchFolder: string,
): Promise<string> {
  const disk = await (async () => {
    await using inspected = await inspectDisk(path, { scratchFolder, ...(layout && { layout }) });
    return {
      sizeBytes: inspected.sizeBytes,
      signature: layout && (await inspected.records()).signature,
    };
  })();
  if (disk.signature?.state !== 'valid') {
    await makePcDisk(toPath, disk.sizeBytes, seed);
    return 'the disk of a PC';
  }
  await copySparse(path, toPath);
  await using file = await open(toPath, 'r+');
  for (const { sector, hex, state } of disk.signature.copies) {
    if (state !== 'valid') continue;
    await file.write(ofAnother(Buffer.from(hex, 'hex'), seed), 0, sectorBytes, sector * sectorBytes);
  }
  await file.datasync();
  return 'the disk of another machine of the same kind';
}

/** The same signature with another system id and other evidence, as valid as it was. */
function ofAnother(sector: Buffer, seed: string): Buffer {
  const length = sector.readUInt32LE(record.payloadLength);
  const payload = JSON.parse(sector.toString('utf8', record.payload, record.payload + length));
  const numbers = new SeededNumbers(`${seed} identity`);
  const digits = (text: string) => text.replaceAll(/[0-9a-f]/g, () => numbers.below(16).toString(16));
  const evidence = (payload.evidence as string[]).map((text) => {
    const colon = text.lastIndexOf(':');
    return `${text.slice(0, colon)}:${digits(text.slice(colon + 1))}`;
  });
  // The marks of a UUID of version 8 (RFC 9562, 5.8) stay.
  const systemId = digits(payload.systemId).replace(/^(.{14}).(.{4})./, '$18$2a');
  const bytes = Buffer.from(JSON.stringify({ ...payload, systemId, evidence }));
  const changed = Buffer.from(sector);
  changed.fill(0, record.payload, record.payload + record.payloadLimit);
  changed.writeUInt32LE(bytes.length, record.payloadLength);
  bytes.copy(changed, record.payload);
  changed.writeUInt32LE(crc32(changed.subarray(0, record.checksum)), record.checksum);
  return changed;
}

/** One partition of the kind that NTFS has, from sector 2048 to the end, and noise where its content begins. */
async function makePcDisk(path: string, sizeBytes: number, seed: string): Promise<void> {
  const first = 2048;
  const sectors = Math.floor(sizeBytes / sectorBytes);
  const boot = Buffer.alloc(sectorBytes);
  damagePattern({ how: 'random', seed }).apply(boot.subarray(0, 446));
  boot.set([0x80, 0, 0, 0, 0x07, 0, 0, 0], 446);
  boot.writeUInt32LE(first, 454);
  boot.writeUInt32LE(Math.max(1, sectors - first), 458);
  boot.set([0x55, 0xaa], 510);
  const content = Buffer.alloc(64 * 1024);
  damagePattern({ how: 'random', seed: `${seed} content` }).apply(content);
  content.write('NTFS    ', 3, 'latin1');
  await using file = await open(path, 'w');
  await file.write(boot, 0, boot.length, 0);
  if (sectors > first + content.length / sectorBytes)
    await file.write(content, 0, content.length, first * sectorBytes);
  await truncate(path, sizeBytes);
}
