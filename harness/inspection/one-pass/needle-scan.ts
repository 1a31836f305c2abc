import { createHash } from 'node:crypto';
import { needles as builtInNeedles, mostAfterBytes, mostBeforeBytes, type Needle } from './needles.ts';
import type { PassObserver } from './read-once.ts';

/** One secret that was found. */
export interface NeedleHit {
  needle: Needle;
  /** Where it begins, from the beginning of the disk; and how long the part is that was recognised. */
  offsetBytes: number;
  lengthBytes: number;
  /** What it is, with the first 8 hexadecimal digits of its SHA-256, by which two places can be told to hold the same. */
  evidence: string;
}

/** What was found of one needle. */
export interface NeedleCount {
  needle: Needle;
  /** All of them, those too that are not kept as hits. */
  found: number;
  /** The search for it ended here, because too many places looked like it; undefined when it saw the whole disk. */
  endedAtBytes?: number;
}

export interface NeedleScanLimits {
  /**
   * Of one needle, so many places are kept; the others are only counted. Many more than are listed: whoever lists them has
   * to know first which lie in files, so that those of a hundred test keys do not hide the one that was deleted.
   */
  mostHits?: number;
  /** Of one needle, so many places are looked at that look like one; a hostile disk could be full of them. */
  mostCandidates?: number;
}

/** What surrounds a place has to be there to judge it. */
const surroundingsBytes = mostBeforeBytes + mostAfterBytes;
const zeros = Buffer.alloc(surroundingsBytes);

interface Search {
  count: NeedleCount;
  candidates: number;
  hits: NeedleHit[];
}

/**
 * Searches all bytes of a disk for secrets, as an observer of the one pass. Bytes are only compared by Node's native
 * search; what it stops at is judged by a bounded regular expression. Across borders of pieces and into holes, too.
 */
export class NeedleScan implements PassObserver {
  readonly #searches: Search[];
  readonly #mostHits: number;
  readonly #mostCandidates: number;
  /** The last bytes of what was seen, which have what surrounds the places that are not decided. */
  readonly #carryMemory = Buffer.alloc(surroundingsBytes);
  #carry = this.#carryMemory.subarray(0, 0);
  /** The carry and the beginning of what came next. */
  readonly #seamMemory = Buffer.alloc(2 * surroundingsBytes);
  /** Every place before this one is decided. */
  #decidedBytes = 0;
  #endBytes = 0;

  constructor(
    needles: readonly Needle[] = builtInNeedles,
    { mostHits = 10_000, mostCandidates = 1_000_000 }: NeedleScanLimits = {},
  ) {
    this.#searches = needles.map((needle) => ({ count: { needle, found: 0 }, candidates: 0, hits: [] }));
    this.#mostHits = mostHits;
    this.#mostCandidates = mostCandidates;
  }

  onData(offsetBytes: number, bytes: Buffer): void {
    // Only the seam is copied; behind it, the piece itself has what surrounds its places.
    const carriedBytes = this.#carry.copy(this.#seamMemory);
    const newBytes = bytes.copy(this.#seamMemory, carriedBytes, 0, surroundingsBytes);
    this.#look(this.#seamMemory.subarray(0, carriedBytes + newBytes), offsetBytes - carriedBytes);
    if (bytes.length > surroundingsBytes) this.#look(bytes, offsetBytes);
  }

  onHole(offsetBytes: number, lengthBytes: number): void {
    this.onData(offsetBytes, zeros.subarray(0, Math.min(lengthBytes, surroundingsBytes)));
    if (lengthBytes <= surroundingsBytes) return;
    // No needle begins with a zero: in the rest of the hole is none.
    this.#endBytes = offsetBytes + lengthBytes;
    this.#keep(zeros);
  }

  /** After the pass. @returns hits in the order of their places. */
  finish(): { hits: NeedleHit[]; counts: NeedleCount[] } {
    // Behind the disk is nothing; zeros decide what is left.
    this.onData(this.#endBytes, zeros);
    const hits = this.#searches.flatMap((search) => search.hits);
    return {
      hits: hits.sort((one, other) => one.offsetBytes - other.offsetBytes),
      counts: this.#searches.map(({ count }) => count),
    };
  }

  /** Decides the places of a window that have what surrounds them, and keeps its end. */
  #look(window: Buffer, offsetBytes: number): void {
    const first = Math.max(0, this.#decidedBytes - offsetBytes);
    const end = window.length - mostAfterBytes;
    if (end > first) {
      for (const search of this.#searches) {
        for (const prefilter of search.count.needle.prefilters) {
          this.#searchFor(search, prefilter, { window, offsetBytes, first, end });
        }
      }
      this.#decidedBytes = offsetBytes + end;
    }
    this.#endBytes = offsetBytes + window.length;
    this.#keep(window.subarray(Math.max(0, window.length - surroundingsBytes)));
  }

  #keep(end: Buffer): void {
    this.#carry = this.#carryMemory.subarray(0, end.copy(this.#carryMemory));
  }

  #searchFor(
    search: Search,
    prefilter: Buffer,
    { window, offsetBytes, first, end }: { window: Buffer; offsetBytes: number; first: number; end: number },
  ): void {
    const { count } = search;
    const searched = window.subarray(0, end + prefilter.length - 1);
    let at = count.endedAtBytes === undefined ? searched.indexOf(prefilter, first) : -1;
    for (; at !== -1; at = searched.indexOf(prefilter, at + 1)) {
      const hit = hitAt(count.needle, window, at, offsetBytes);
      if (hit !== undefined) {
        count.found += 1;
        if (search.hits.length < this.#mostHits) search.hits.push(hit);
      }
      search.candidates += 1;
      if (search.candidates < this.#mostCandidates) continue;
      count.endedAtBytes = offsetBytes + at;
      return;
    }
  }
}

function hitAt(needle: Needle, window: Buffer, at: number, offsetBytes: number): NeedleHit | undefined {
  const { alignmentBytes = 1, beforeBytes, pattern, describe } = needle;
  if ((offsetBytes + at) % alignmentBytes !== 0) return undefined;
  const from = Math.max(0, at - beforeBytes);
  const text = window.toString('latin1', from, at + mostAfterBytes);
  pattern.lastIndex = at - from;
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const fingerprint = createHash('sha256').update(match[0], 'latin1').digest('hex').slice(0, 8);
  return {
    needle,
    offsetBytes: offsetBytes + at,
    lengthBytes: match[0].length,
    evidence: `${describe(match)}, SHA-256 ${fingerprint}…`,
  };
}
