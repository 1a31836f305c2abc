/** A stretch of a disk that is read at once, or a hole, in bytes. */
export interface DiskPiece {
  offsetBytes: number;
  lengthBytes: number;
  isHole: boolean;
}

interface PieceSizes {
  /** Data is cut at its multiples. */
  longestPieceBytes: number;
  /** A shorter hole between data is read like data: asking for the zeros is quicker than going around them. */
  shortestHoleBytes: number;
}

/**
 * Cuts a disk into pieces: in order, without gaps, from its first byte to its last. What the extents claim beyond the
 * end is left out.
 *
 * @param extents Where the disk holds data, in order; everything else is a hole.
 */
export async function* diskPieces(
  extents: AsyncIterable<{ start: number; length: number }>,
  sizeBytes: number,
  sizes: PieceSizes,
): AsyncGenerator<DiskPiece> {
  let at = 0;
  let dataEnd = 0;
  for await (const { start, length } of extents) {
    const from = Math.min(Math.max(start, dataEnd), sizeBytes);
    const to = Math.min(Math.max(start + length, from), sizeBytes);
    if (from - dataEnd >= sizes.shortestHoleBytes) {
      yield* cut(at, dataEnd, sizes.longestPieceBytes);
      yield { offsetBytes: dataEnd, lengthBytes: from - dataEnd, isHole: true };
      at = from;
    }
    dataEnd = to;
    // So that a stretch of a tebibyte is not put together in memory before the first of it is read.
    const wholeEnd = dataEnd - (dataEnd % sizes.longestPieceBytes);
    if (wholeEnd > at) {
      yield* cut(at, wholeEnd, sizes.longestPieceBytes);
      at = wholeEnd;
    }
  }
  yield* cut(at, dataEnd, sizes.longestPieceBytes);
  if (dataEnd < sizeBytes) yield { offsetBytes: dataEnd, lengthBytes: sizeBytes - dataEnd, isHole: true };
}

function* cut(from: number, to: number, longestPieceBytes: number): Generator<DiskPiece> {
  for (let at = from; at < to; ) {
    const end = Math.min(to, at - (at % longestPieceBytes) + longestPieceBytes);
    yield { offsetBytes: at, lengthBytes: end - at, isHole: false };
    at = end;
  }
}
