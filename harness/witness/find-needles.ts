import type { Place } from './disk-places.ts';
import { witnessErrors } from './errors.ts';
import type { Chunk } from './read-only-file.ts';

/** How far a search goes. */
export interface FindOptions {
  /** How many places may be found before it is an error, 10 000 by default. */
  limit?: number;
}

export interface NeedleHit {
  /** The needle as it was given. */
  needle: string | Uint8Array;
  /** From the start of the disk. */
  offsetBytes: number;
}

/** One place on the disk where a needle lies. */
export interface Find extends NeedleHit {
  /** From the start of the disk. */
  sector: number;
  place: Place;
}

interface Needle {
  given: string | Uint8Array;
  bytes: Buffer;
}

/**
 * Finds every occurrence of every needle in a stream of chunks. The end of what was seen is carried over to the
 * next chunk, so that needles across borders of chunks and of holes are found, too.
 */
export async function findNeedles(
  chunks: AsyncIterable<Chunk>,
  needles: readonly (string | Uint8Array)[],
  { limit = 10_000 }: FindOptions = {},
): Promise<NeedleHit[]> {
  const wanted = needles.map(asNeedle);
  const carryBytes = Math.max(0, ...wanted.map(({ bytes }) => bytes.length - 1));
  const hits: NeedleHit[] = [];
  let carry = Buffer.alloc(0);
  const search = (bytes: Buffer, offsetBytes: number) => {
    const window = carry.length === 0 ? bytes : Buffer.concat([carry, bytes]);
    for (const needle of wanted) {
      for (const at of occurrences(window, needle.bytes, carry.length)) {
        hits.push({ needle: needle.given, offsetBytes: offsetBytes - carry.length + at });
        if (hits.length > limit) throw tooMany(limit);
      }
    }
    carry = Buffer.from(window.subarray(Math.max(0, window.length - carryBytes)));
  };
  for await (const { bytes, offsetBytes, lengthBytes } of chunks) {
    if (bytes !== null) search(bytes, offsetBytes);
    // Needles are not all zeros: in a hole only its two ends can hold a part of one, and the carry is such an end.
    else search(Buffer.alloc(Math.min(lengthBytes, carryBytes)), offsetBytes);
  }
  return hits.sort((one, other) => one.offsetBytes - other.offsetBytes);
}

/** Where the needle lies in the window, except wholly in the carried part, which was searched before. */
function* occurrences(window: Buffer, needle: Buffer, carriedBytes: number): Generator<number> {
  const first = Math.max(0, carriedBytes - needle.length + 1);
  for (let at = window.indexOf(needle, first); at !== -1; at = window.indexOf(needle, at + 1)) yield at;
}

function asNeedle(given: string | Uint8Array): Needle {
  const bytes = Buffer.from(given as string);
  if (bytes.some((byte) => byte !== 0)) return { given, bytes };
  throw witnessErrors.WITNESS_USAGE({
    tried: 'search a disk',
    expected: 'needles that have at least one byte that is not zero',
    got: bytes.length === 0 ? 'an empty needle' : `a needle of ${bytes.length} zeros`,
  });
}

function tooMany(limit: number): Error {
  return witnessErrors.WITNESS_TOO_MANY_FINDS({
    tried: 'search a disk',
    expected: `at most ${limit} places`,
  });
}
