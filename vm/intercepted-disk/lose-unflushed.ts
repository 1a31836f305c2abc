import { createHash } from 'node:crypto';
import { sectorBytes } from '../../foundation/index.ts';
import type { BufferPool } from './buffer-pool.ts';
import type { ByteStore, KeptBytes } from './byte-store.ts';
import type { DiskImage } from './disk-image.ts';
import { SectorSet } from './sector-set.ts';
import type { UndoJournal, UndoPiece, UnflushedWrite } from './undo-journal.ts';

/** Which of the writes that nothing vouched for outlive the power cut. */
export interface LoseUnflushed {
  /** None, all, or each by a throw of the coin that follows from the seed. */
  keep: 'none' | 'all' | { seed: string };
  /**
   * The last one that is kept is torn: only its first half is on the disk. When none is kept, it is the last that was
   * made. A write of one sector cannot be torn: it is lost.
   */
  tearLast?: boolean;
}

/** What a power cut took from a disk. */
export interface LostWrites {
  disk: string;
  /** The writes that nothing vouched for. */
  writes: number;
  /** How many of them are lost as a whole. */
  lost: number;
  /** How many sectors the torn one has lost; 0 when none is torn. */
  tornSectors: number;
  /** What differs from the disk as the machine left it, counted in whole sectors. */
  bytesChanged: number;
}

interface Places {
  image: DiskImage;
  journal: UndoJournal;
  store: ByteStore;
  pool: BufferPool;
}

/** A piece of a write that is taken back, and what it had written. */
interface Undone extends UndoPiece {
  after: KeptBytes;
}

/**
 * Brings the disk into a state that its power cut could have left. All unflushed writes are taken back, the last one
 * first, and those that are kept are made again in their order: so each sector has what the last kept write put there,
 * or what lay there before all of them. The journal is empty then.
 */
export async function loseUnflushed(
  disk: string,
  { keep, tearLast = false }: LoseUnflushed,
  places: Places,
): Promise<LostWrites> {
  const { journal, store } = places;
  const writes = journal.writes;
  const unsure = writes.filter(({ isDurable }) => !isDurable);
  const kept = new Set(unsure.filter((_, index) => isKept(keep, index)));
  const torn = tearLast ? ([...kept].at(-1) ?? unsure.at(-1)) : undefined;
  const undone = new Map<UnflushedWrite, Undone[]>();
  for (const write of writes.toReversed()) undone.set(write, await takeBack(write, places));
  let tornSectors = 0;
  for (const write of writes) {
    if (!write.isDurable && !kept.has(write) && write !== torn) continue;
    const length = write === torn ? firstHalfBytes(write) : write.lengthBytes;
    if (write === torn) tornSectors = (write.lengthBytes - length) / sectorBytes;
    await makeAgain(write.offsetBytes + length, undone.get(write)!, places);
  }
  const bytesChanged = await changedBytes(writes, undone, places);
  for (const pieces of undone.values()) for (const { after } of pieces) store.drop(after);
  journal.clear();
  const whole = unsure.filter((write) => write !== torn && !kept.has(write));
  return { disk, writes: unsure.length, lost: whole.length, tornSectors, bytesChanged };
}

function isKept(keep: LoseUnflushed['keep'], index: number): boolean {
  if (typeof keep === 'string') return keep === 'all';
  return (createHash('sha256').update(`${keep.seed}\n${index}`).digest()[0]! & 1) === 1;
}

function firstHalfBytes({ lengthBytes }: UnflushedWrite): number {
  return Math.floor(lengthBytes / sectorBytes / 2) * sectorBytes;
}

async function takeBack(write: UnflushedWrite, { image, store, pool }: Places): Promise<Undone[]> {
  const undone: Undone[] = [];
  for (const piece of write.pieces) {
    const now = pool.take(piece.lengthBytes);
    await image.read(now, piece.offsetBytes);
    undone.push({ ...piece, after: await store.keep(now) });
    await put(piece.offsetBytes, piece.before, piece.lengthBytes, { image, store, pool });
  }
  return undone;
}

/** As far as `endBytes` on the disk. */
async function makeAgain(endBytes: number, pieces: readonly Undone[], places: Omit<Places, 'journal'>) {
  for (const { offsetBytes, lengthBytes, after } of pieces) {
    const length = Math.min(lengthBytes, endBytes - offsetBytes);
    if (length > 0) await put(offsetBytes, after, length, places);
  }
}

/** Writes the first bytes of what was kept. */
async function put(
  offsetBytes: number,
  kept: KeptBytes,
  lengthBytes: number,
  { image, store, pool }: Omit<Places, 'journal'>,
): Promise<void> {
  if (kept.in === 'zeros') return await image.zero(offsetBytes, lengthBytes);
  const bytes = pool.take(kept.lengthBytes);
  await store.read(kept, bytes);
  await image.write(bytes.subarray(0, lengthBytes), offsetBytes);
  pool.giveBack(bytes);
}

/** Compares the disk with how the machine left it: in each sector, with what the last write to it had written. */
async function changedBytes(
  writes: readonly UnflushedWrite[],
  undone: ReadonlyMap<UnflushedWrite, readonly Undone[]>,
  { image, store, pool }: Places,
): Promise<number> {
  const seen = new SectorSet();
  let changed = 0;
  for (const piece of writes.toReversed().flatMap((write) => undone.get(write)!)) {
    const [left, now] = [pool.take(piece.lengthBytes), pool.take(piece.lengthBytes)];
    await store.read(piece.after, left);
    await image.read(now, piece.offsetBytes);
    for (let at = 0; at < piece.lengthBytes; at += sectorBytes) {
      const isFirst = seen.add((piece.offsetBytes + at) / sectorBytes);
      if (isFirst && left.compare(now, at, at + sectorBytes, at, at + sectorBytes) !== 0) {
        changed += sectorBytes;
      }
    }
    pool.giveBack(left);
    pool.giveBack(now);
  }
  return changed;
}
