/** What was read for a piece. */
export interface ReadPiece<Piece, Result> {
  piece: Piece;
  result: Result;
}

/**
 * Reads the next piece while whoever asks works on this one. There are two places in memory, by turns.
 *
 * @param read Gets the piece, and in which of the two places it goes; what it throws is thrown here in its turn.
 */
export async function* readAhead<Piece, Result>(
  pieces: Iterable<Piece>,
  read: (piece: Piece, place: 0 | 1) => Promise<Result>,
): AsyncGenerator<ReadPiece<Piece, Result>, void, undefined> {
  const remaining = pieces[Symbol.iterator]();
  const begin = (place: 0 | 1): Promise<ReadPiece<Piece, Result>> | undefined => {
    const { value: piece, done } = remaining.next();
    if (done) return undefined;
    const reading = read(piece, place).then((result) => ({ piece, result }));
    // It is looked at in its turn; until then its failure is nobody's.
    reading.catch(() => undefined);
    return reading;
  };
  let place: 0 | 1 = 0;
  let current = begin(place);
  try {
    while (current !== undefined) {
      const done = await current;
      place = place === 0 ? 1 : 0;
      current = begin(place);
      yield done;
    }
  } finally {
    // Nobody may close what is still being read.
    await current?.catch(() => undefined);
  }
}
