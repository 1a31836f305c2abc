import t from 'tap';
import { longestEvidence } from '../finding.ts';
import { BufferSource } from './fixtures/buffer-source.ts';
import { builtGpt, sealGpt } from './fixtures/built-gpt.ts';
import { builtMbr, writeBootRecord } from './fixtures/built-mbr.ts';
import { mebibyte } from './fixtures/readings.ts';
import { largestEntryArrayBytes, mostFindingsOfOneKind, mostPartitions } from './limits.ts';
import { partitionFindingKinds } from './partition-finding-kinds.ts';
import { readPartitions } from './read-partitions.ts';

const seed = 20261121;
const rounds = 1500;

/** xorshift32: the same numbers for the same seed. */
function numbers(seed: number): (below: number) => number {
  let state = seed || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const size = 4 * mebibyte;
const drives = [
  { type: 0x83, first: 512, count: 512 },
  { type: 5, first: 1024, count: 1024 },
];

function validMbr(): Buffer {
  const disk = builtMbr(size, [
    { type: 0x83, first: 2048, count: 1024, flag: 0x80 },
    { type: 0x0f, first: 4096, count: 4096 },
  ]);
  for (const sector of [4096, 5120, 6144]) writeBootRecord(disk, sector, drives);
  writeBootRecord(disk, 7168, drives.slice(0, 1));
  return disk;
}

function validGpt(sectorBytes: number): Buffer {
  const first = mebibyte / sectorBytes;
  const partitions = [1, 2].map((number) => ({ first: first * number, last: first * (number + 1) - 1 }));
  return builtGpt(size, partitions, { sectorBytes });
}

/** Where changes hurt: sectors of tables, of the disks above. */
const disks = [
  { name: 'MBR', disk: validMbr(), sectors: [0, 4096, 5120, 6144, 7168], headers: [], sectorBytes: 512 },
  { name: 'GPT', disk: validGpt(512), sectors: [0, 1, 2, 8159, 8191], headers: [1, 8191], sectorBytes: 512 },
  { name: 'GPT 4Kn', disk: validGpt(4096), sectors: [0, 8, 16, 8184], headers: [1, 1023], sectorBytes: 4096 },
];

const interesting = [0, 1, 2, 5, 0x0f, 0x7f, 0x80, 0x83, 0x85, 0xee, 0xff];

/** Changes a few bytes or whole numbers, and makes the checksums right again half of the time: else nothing behind them is reached. */
function mutate(
  disk: Buffer,
  next: (below: number) => number,
  { sectors, headers, sectorBytes }: (typeof disks)[0],
) {
  for (let count = 1 + next(6); count > 0; count -= 1) {
    const sector = sectors[next(sectors.length)]!;
    const inTable = sector === 0 || headers.length === 0 ? 440 + next(72) : next(160);
    const at = Math.min(sector * 512 + inTable, disk.length - 8);
    const value = interesting[next(interesting.length)]!;
    switch (next(4)) {
      case 0:
        disk[at] = next(256);
        break;
      case 1:
        disk[at] = value;
        break;
      case 2:
        disk.fill(value, at, at + 4);
        break;
      default:
        disk.fill(value, at, at + 8);
    }
  }
  if (next(2) === 0) return;
  for (const sector of headers) {
    const header = disk.subarray(sector * sectorBytes, (sector + 1) * sectorBytes);
    const bytes = header.readUInt32LE(12);
    if (bytes < 92 || bytes > sectorBytes) header.writeUInt32LE(92, 12);
    sealGpt(disk, sector, sectorBytes);
  }
}

/** Undoes what `mutate` did: faster than a copy of the whole disk. */
function restore(disk: Buffer, { disk: valid, sectors, headers, sectorBytes }: (typeof disks)[0]): void {
  // A change may reach seven bytes into the next sector.
  for (const sector of sectors) valid.copy(disk, sector * 512, sector * 512, sector * 512 + 1024);
  for (const sector of headers)
    valid.copy(disk, sector * sectorBytes, sector * sectorBytes, (sector + 1) * sectorBytes);
}

for (const kind of disks) {
  t.test(`${rounds} mutations of a disk with ${kind.name} all end in a reading`, async (t) => {
    const kinds = new Set(partitionFindingKinds.map(({ id }) => id));
    const seen = new Set<string>();
    const tables = new Set<string>();
    const disk = Buffer.from(kind.disk);
    for (let round = 0; round < rounds; round += 1) {
      restore(disk, kind);
      const next = numbers(seed + round * 7919);
      mutate(disk, next, kind);
      // Cut now and then, to any length.
      const source = new BufferSource(disk, next(4) === 0 ? next(size + 1) : size);
      const found = await readPartitions(source);
      const { partitions, unpartitioned, findings } = found;
      tables.add(found.table);
      for (const { kind } of findings) seen.add(kind);
      const outside = [
        ...partitions.map(({ offsetBytes, sizeBytes }) => ({ offsetBytes, lengthBytes: sizeBytes })),
        ...unpartitioned,
        ...findings.flatMap(({ range }) => range ?? []),
      ].filter(
        ({ offsetBytes, lengthBytes }) =>
          !Number.isSafeInteger(offsetBytes) ||
          offsetBytes < 0 ||
          lengthBytes <= 0 ||
          offsetBytes + lengthBytes > source.sizeBytes,
      );
      const problems = [
        ...outside.map((range) => `not on the disk: ${JSON.stringify(range)}`),
        ...(partitions.length > mostPartitions ? ['too many partitions'] : []),
        ...(source.reads > 600 ? [`${source.reads} reads`] : []),
        ...(source.readBytes > 9 * largestEntryArrayBytes ? [`${source.readBytes} bytes read`] : []),
        ...(findings.length > kinds.size * mostFindingsOfOneKind ? ['too many findings'] : []),
        ...findings.filter(({ kind }) => !kinds.has(kind)).map(({ kind }) => `no kind ${kind}`),
        ...findings
          .filter(
            ({ evidence }) =>
              evidence.length === 0 || evidence.length > longestEvidence || /[^\P{C}]/u.test(evidence),
          )
          .map(({ evidence }) => `evidence ${JSON.stringify(evidence)}`),
      ];
      if (problems.length > 0) t.fail(`round ${round} of seed ${seed}`, { problems });
    }
    t.ok(seen.size >= 10, `the mutations reach many kinds: ${[...seen].sort().join(', ')}`);
    t.ok(tables.size >= 2, 'and more than one table');
  });
}
