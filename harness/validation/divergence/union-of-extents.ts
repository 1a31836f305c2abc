import type { ByteRange } from '../../inspection/finding.ts';
import type { ImageSource } from '../../inspection/image-source.ts';

/** Where at least one of two disks has data, in order; ranges may overlap. */
export async function* unionOfExtents(
  one: ImageSource,
  other: ImageSource,
  signal: AbortSignal,
): AsyncGenerator<ByteRange> {
  await using iterators = new AsyncDisposableStack();
  const [first, second] = [one, other].map((source) =>
    iterators.adopt(source.dataExtents(signal), async (extents) => void (await extents.return(undefined))),
  ) as [Extents, Extents];
  let [a, b] = [await first.next(), await second.next()];
  while (!a.done || !b.done) {
    const isFirst = b.done === true || (a.done !== true && a.value.start <= b.value.start);
    const { start, length } = (isFirst ? a.value : b.value) as { start: number; length: number };
    yield { offsetBytes: start, lengthBytes: length };
    if (isFirst) a = await first.next();
    else b = await second.next();
  }
}

type Extents = ReturnType<ImageSource['dataExtents']>;
