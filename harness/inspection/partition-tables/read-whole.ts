import type { PartitionSource } from './partition-reading.ts';

/** Bytes of a disk, all of them; undefined when not all of them lie on it, whatever a table says. */
export async function readWhole(
  source: PartitionSource,
  offsetBytes: bigint | number,
  lengthBytes: number,
): Promise<Buffer | undefined> {
  const end = BigInt(offsetBytes) + BigInt(lengthBytes);
  if (offsetBytes < 0 || end > BigInt(source.sizeBytes)) return undefined;
  const bytes = await source.read(Number(offsetBytes), lengthBytes);
  return bytes.length === lengthBytes ? bytes : undefined;
}
