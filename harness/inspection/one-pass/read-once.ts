import type { ImageSource } from '../image-source.ts';
import { type DiskPiece, diskPieces } from './disk-pieces.ts';

/**
 * Sees every byte of a disk once, in order and without gaps: each byte comes in one call of one of the two. What it
 * gives back is awaited before the next piece comes.
 */
export interface PassObserver {
  /** @param bytes Only until the call is done: their memory is used again. They must not be changed. */
  onData(offsetBytes: number, bytes: Buffer): void | Promise<void>;
  /** Zeros that take no room on the disk, and were not read. */
  onHole(offsetBytes: number, lengthBytes: number): void | Promise<void>;
}

export interface PassOptions {
  observers: readonly PassObserver[];
  /** How far it is, in bytes from the beginning of the disk. */
  onProgress?: (doneBytes: number) => void;
  signal?: AbortSignal;
}

/** What a pass went over; together they are the size of the disk. */
export interface PassSummary {
  readBytes: number;
  holeBytes: number;
}

/** Larger ones are not read quicker, and would have to be kept twice. */
export const longestPieceBytes = 4 * 1024 ** 2;
/** The time of a request is worth this much reading. It is a block of the digest, too, which has to be whole for its hash. */
export const shortestHoleBytes = 64 * 1024;

/**
 * Reads the allocated parts of a disk once, in order, and shows them to the observers; the next piece is read while
 * they look at this one. Memory: twice {@link longestPieceBytes}, however large the disk and however many its holes.
 *
 * @throws WITNESS_DISK_CHANGED when somebody writes to it meanwhile; WITNESS_DISK_UNREADABLE; the signal's reason; what
 * an observer throws.
 */
export async function readOnce(source: ImageSource, options: PassOptions): Promise<PassSummary> {
  const { observers, onProgress, signal } = options;
  signal?.throwIfAborted();
  const summary: PassSummary = { readBytes: 0, holeBytes: 0 };
  for await (const { offsetBytes, lengthBytes, bytes } of readAhead(source)) {
    for (const observer of observers) {
      if (bytes === null) await observer.onHole(offsetBytes, lengthBytes);
      else await observer.onData(offsetBytes, bytes);
    }
    if (bytes === null) summary.holeBytes += lengthBytes;
    else summary.readBytes += lengthBytes;
    onProgress?.(offsetBytes + lengthBytes);
    signal?.throwIfAborted();
  }
  await source.assertUnchanged();
  return summary;
}

interface ReadPiece {
  offsetBytes: number;
  lengthBytes: number;
  bytes: Buffer | null;
}

/** The pieces with their bytes; while one is out, the next one is being read into the other half of the memory. */
async function* readAhead(source: ImageSource): AsyncGenerator<ReadPiece> {
  const pieces = diskPieces(source.dataExtents(), source.sizeBytes, { longestPieceBytes, shortestHoleBytes });
  const memory = [Buffer.allocUnsafeSlow(longestPieceBytes), Buffer.allocUnsafeSlow(longestPieceBytes)];
  const begin = (turn: number): Promise<ReadPiece | undefined> => {
    const reading = readNext(source, pieces, memory[turn % 2]!);
    // It may fail while nobody waits for it yet; whoever does then gets the failure all the same.
    reading.catch(() => {});
    return reading;
  };
  let ahead = begin(0);
  try {
    for (let turn = 1; ; turn += 1) {
      const piece = await ahead;
      if (piece === undefined) return;
      ahead = begin(turn);
      yield piece;
    }
  } finally {
    // Whatever ended the pass: nothing is being read when it is over, and qemu-img does not stay.
    await ahead.catch(() => {});
    await pieces.return(undefined);
  }
}

async function readNext(
  source: ImageSource,
  pieces: AsyncGenerator<DiskPiece>,
  memory: Buffer,
): Promise<ReadPiece | undefined> {
  const { value, done } = await pieces.next();
  if (done === true) return undefined;
  const { offsetBytes, lengthBytes, isHole } = value;
  if (isHole) return { offsetBytes, lengthBytes, bytes: null };
  const bytes = memory.subarray(0, lengthBytes);
  await source.readInto(bytes, offsetBytes);
  return { offsetBytes, lengthBytes, bytes };
}
