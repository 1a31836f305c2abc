import type { ByteRange } from '../../inspection/finding.ts';
import type { DiskReading } from '../../inspection/image-source.ts';
import type { Chunk, ReadOnlyFile } from '../../witness/read-only-file.ts';
import { type OverlayMap, readsAsZeros } from './overlay-map.ts';

const chunkBytes = 1024 ** 2;

/** A part of the disk, and where it is read. */
interface Piece {
  start: number;
  end: number;
  from: 'master' | 'overlay' | 'zeros';
  /** Its place in the file that it is read from. */
  place: number;
}

/** A disk whose parts lie in an overlay, and the rest in the master. Both are only read. */
export class LayeredDisk implements DiskReading {
  readonly path: string;
  readonly sizeBytes: number;
  readonly #master: ReadOnlyFile;
  readonly #overlay: ReadOnlyFile;
  readonly #extents: readonly number[];
  #masterData: Promise<number[]> | undefined;

  constructor(master: ReadOnlyFile, overlay: ReadOnlyFile, { sizeBytes, extents }: OverlayMap) {
    this.#master = master;
    this.#overlay = overlay;
    this.#extents = extents;
    this.path = overlay.path;
    this.sizeBytes = sizeBytes;
  }

  async readInto(bytes: Buffer, offsetBytes: number): Promise<void> {
    for (const piece of this.#pieces(offsetBytes, offsetBytes + bytes.length)) {
      const part = bytes.subarray(piece.start - offsetBytes, piece.end - offsetBytes);
      if (piece.from === 'zeros') part.fill(0);
      else await fill(piece.from === 'master' ? this.#master : this.#overlay, part, piece.place);
    }
  }

  /** As a {@link ReadOnlyFile} does it: the buffer is used again for the next one. */
  async *chunks(offsetBytes: number, lengthBytes: number): AsyncGenerator<Chunk> {
    const memory = Buffer.allocUnsafe(Math.min(chunkBytes, lengthBytes));
    await this.assertUnchanged();
    const masterData = await this.#dataOfMaster();
    for (const piece of this.#pieces(offsetBytes, offsetBytes + lengthBytes)) {
      for (const { start, end, from, place } of withHoles(piece, masterData)) {
        if (from === 'zeros') yield { offsetBytes: start, lengthBytes: end - start, bytes: null };
        for (let at = start; at < end && from !== 'zeros'; at += chunkBytes) {
          const bytes = memory.subarray(0, Math.min(chunkBytes, end - at));
          await fill(from === 'master' ? this.#master : this.#overlay, bytes, place + at - start);
          yield { offsetBytes: at, lengthBytes: bytes.length, bytes };
        }
      }
    }
  }

  async *dataExtents(signal?: AbortSignal): AsyncGenerator<{ start: number; length: number }> {
    const masterData = await this.#dataOfMaster(signal);
    for (const piece of this.#pieces(0, this.sizeBytes)) {
      for (const { start, end, from } of withHoles(piece, masterData)) {
        if (from !== 'zeros') yield { start, length: end - start };
      }
    }
  }

  /** Where it may differ from the master, in order: data of the overlay, and what was made zeros where the master has data. */
  async *writtenRanges(signal?: AbortSignal): AsyncGenerator<ByteRange> {
    const masterData = await this.#dataOfMaster(signal);
    for (const { start, end, from } of this.#pieces(0, this.sizeBytes)) {
      if (from === 'overlay') yield { offsetBytes: start, lengthBytes: end - start };
      if (from !== 'zeros') continue;
      for (const piece of withHoles({ start, end, from: 'master', place: start }, masterData)) {
        if (piece.from === 'master') yield { offsetBytes: piece.start, lengthBytes: piece.end - piece.start };
      }
    }
  }

  async assertUnchanged(): Promise<void> {
    await this.#master.assertUnchanged();
    await this.#overlay.assertUnchanged();
  }

  /** The master's, as long as nothing of the overlay lies in it. */
  fileHolding({ offsetBytes, lengthBytes }: ByteRange): string | undefined {
    const end = Math.min(offsetBytes + lengthBytes, this.sizeBytes);
    if (end > this.#master.sizeBytes) return undefined;
    for (const { from } of this.#pieces(offsetBytes, end)) {
      if (from !== 'master') return undefined;
    }
    return this.#master.path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#overlay[Symbol.asyncDispose]();
    } finally {
      await this.#master[Symbol.asyncDispose]();
    }
  }

  /** The parts of a range, without gaps. */
  *#pieces(start: number, end: number): Generator<Piece> {
    let at = start;
    for (
      let index = firstBehind(this.#extents, 3, start);
      index < this.#extents.length && at < end;
      index += 3
    ) {
      const [first, last, place] = this.#extents.slice(index, index + 3) as [number, number, number];
      if (first >= end) break;
      if (first > at) yield { start: at, end: first, from: 'master', place: at };
      const begin = Math.max(first, at);
      at = Math.min(last, end);
      const from = place === readsAsZeros ? 'zeros' : 'overlay';
      yield { start: begin, end: at, from, place: place + begin - first };
    }
    if (at < end) yield { start: at, end, from: 'master', place: at };
  }

  #dataOfMaster(signal?: AbortSignal): Promise<number[]> {
    this.#masterData ??= flatExtents(this.#master, signal);
    // What was ended is asked anew.
    this.#masterData.catch(() => {
      this.#masterData = undefined;
    });
    return this.#masterData;
  }
}

/** Start and end in turns: a million extents are 16 MB. */
async function flatExtents(file: ReadOnlyFile, signal?: AbortSignal): Promise<number[]> {
  const flat: number[] = [];
  for await (const { start, length } of file.dataExtents(signal)) flat.push(start, start + length);
  return flat;
}

/** A piece of the master is data and holes; others stay as they are. */
function* withHoles(piece: Piece, masterData: readonly number[]): Generator<Piece> {
  if (piece.from !== 'master') {
    yield piece;
    return;
  }
  let at = piece.start;
  for (let index = firstBehind(masterData, 2, at); index < masterData.length && at < piece.end; index += 2) {
    const first = Math.min(Math.max(masterData[index]!, at), piece.end);
    if (first > at) yield { start: at, end: first, from: 'zeros', place: at };
    at = Math.min(masterData[index + 1]!, piece.end);
    if (at > first) yield { start: first, end: at, from: 'master', place: first };
  }
  if (at < piece.end) yield { start: at, end: piece.end, from: 'zeros', place: at };
}

/** The index of the first extent that ends behind a place; extents have so many numbers each, of which the second is the end. */
function firstBehind(extents: readonly number[], numbersEach: number, offsetBytes: number): number {
  let [low, high] = [0, extents.length / numbersEach];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (extents[middle * numbersEach + 1]! > offsetBytes) high = middle;
    else low = middle + 1;
  }
  return low * numbersEach;
}

/** QEMU reads what lies behind the end of a file as zeros: of a master's last sector, of an overlay's last cluster. */
async function fill(file: ReadOnlyFile, bytes: Buffer, place: number): Promise<void> {
  const there = Math.max(0, Math.min(bytes.length, file.sizeBytes - place));
  bytes.fill(0, there);
  if (there > 0) await file.readInto(bytes.subarray(0, there), place);
}
