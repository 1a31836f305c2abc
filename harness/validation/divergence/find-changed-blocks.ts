import type { ByteRange } from '../../inspection/finding.ts';
import type { ImageSource } from '../../inspection/image-source.ts';
import { ChangedBlocks } from './changed-blocks.ts';
import type { DiskArea } from './disk-areas.ts';
import { changedBlockBytes, mostOutsideRanges } from './divergence-limits.ts';

const windowBytes = 1024 ** 2;
const sectorBytes = 512;

export interface FoundBlocks {
  blocks: ChangedBlocks;
  /** Whole sectors outside of partitions, in order, at most {@link mostOutsideRanges} stretches. */
  outside: ByteRange[];
  isOutsideCut: boolean;
}

interface Comparison extends FoundBlocks {
  /** Until the signal says so. */
  signal: AbortSignal;
  areas: readonly DiskArea[];
  /** Of the area that was met last. */
  areaIndex: number;
}

/**
 * Compares the parts of a disk that were written with the same of the master: a block that holds what it held before has not changed.
 *
 * @param written In order; nothing beside it is looked at.
 * @throws the signal's reason; what reading throws.
 */
export async function findChangedBlocks(
  master: ImageSource,
  clone: ImageSource,
  written: AsyncIterable<ByteRange>,
  { areas, places, signal }: { areas: readonly DiskArea[]; places: readonly string[]; signal: AbortSignal },
): Promise<FoundBlocks> {
  const comparison: Comparison = {
    ...{ blocks: new ChangedBlocks(places.length), outside: [], isOutsideCut: false },
    ...{ signal, areas, areaIndex: 0 },
  };
  const [before, after] = [Buffer.alloc(windowBytes), Buffer.alloc(windowBytes)];
  let at = 0;
  for await (const { offsetBytes, lengthBytes } of written) {
    at = Math.max(at, offsetBytes - (offsetBytes % changedBlockBytes));
    const end = Math.min(roundedUp(offsetBytes + lengthBytes), clone.sizeBytes);
    while (at < end) {
      signal.throwIfAborted();
      const length = Math.min(windowBytes, end - at);
      const [old, now] = [before.subarray(0, length), after.subarray(0, length)];
      await readWithEnd(master, old, at);
      await readWithEnd(clone, now, at);
      if (!old.equals(now)) compareWindow(comparison, old, now, at);
      at += length;
    }
  }
  const { blocks, outside, isOutsideCut } = comparison;
  return { blocks, outside, isOutsideCut };
}

/** A window begins with a block. */
function compareWindow(comparison: Comparison, before: Buffer, after: Buffer, offsetBytes: number): void {
  for (let at = 0; at < before.length; at += changedBlockBytes) {
    const [old, now] = [
      before.subarray(at, at + changedBlockBytes),
      after.subarray(at, at + changedBlockBytes),
    ];
    if (!old.equals(now)) compareBlock(comparison, old, now, offsetBytes + at);
  }
}

/** By its parts, where it lies in several places. */
function compareBlock(comparison: Comparison, before: Buffer, after: Buffer, offsetBytes: number): void {
  const { blocks, areas } = comparison;
  const end = offsetBytes + before.length;
  while (areas[comparison.areaIndex] && areas[comparison.areaIndex]!.end <= offsetBytes)
    comparison.areaIndex += 1;
  for (let index = comparison.areaIndex; index < areas.length && areas[index]!.start < end; index += 1) {
    const { place, ...area } = areas[index]!;
    const start = Math.max(area.start, offsetBytes);
    const part = (bytes: Buffer) => bytes.subarray(start - offsetBytes, area.end - offsetBytes);
    if (part(before).equals(part(after))) continue;
    blocks.add(Math.floor(offsetBytes / changedBlockBytes), place, part(after));
    if (place === 0) noteSectors(comparison, part(before), part(after), start);
  }
}

function noteSectors(comparison: Comparison, before: Buffer, after: Buffer, offsetBytes: number): void {
  const { outside } = comparison;
  for (let at = 0; at < before.length; at += sectorBytes) {
    const [old, now] = [before.subarray(at, at + sectorBytes), after.subarray(at, at + sectorBytes)];
    if (old.equals(now)) continue;
    const last = outside.at(-1);
    if (last && last.offsetBytes + last.lengthBytes === offsetBytes + at) last.lengthBytes += now.length;
    else if (outside.length < mostOutsideRanges)
      outside.push({ offsetBytes: offsetBytes + at, lengthBytes: now.length });
    else comparison.isOutsideCut = true;
  }
}

/** A master whose last sector is not whole has zeros there for the machine. */
async function readWithEnd(source: ImageSource, bytes: Buffer, offsetBytes: number): Promise<void> {
  const there = Math.max(0, Math.min(bytes.length, source.sizeBytes - offsetBytes));
  bytes.fill(0, there);
  if (there > 0) await source.readInto(bytes.subarray(0, there), offsetBytes);
}

function roundedUp(bytes: number): number {
  return Math.ceil(bytes / changedBlockBytes) * changedBlockBytes;
}
