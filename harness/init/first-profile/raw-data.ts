import type { ByteRange } from '../../inspection/finding.ts';
import type { ImageSource } from '../../inspection/image-source.ts';
import { recognisedBytes, recogniseRawData } from '../../inspection/one-pass/known-raw-data.ts';
import type { PartitionReading } from '../../inspection/partition-tables/index.ts';

/** Data that lies in no partition. */
export interface RawData {
  /** In whole sectors of 512 bytes. */
  range: ByteRange;
  /** What it seems to be, by its first bytes; undefined where nothing is known. */
  name?: string;
}

/** Of all places together: on a device every gap is data, and an empty disk may have terabytes of it. */
const mostBytes = 256 * 1024 ** 2;
const mostPlaces = 1000;
const sectorBytes = 512;
/** A licence and a boot loader are two things; zeros inside a boot loader are shorter. */
const gapBytes = 4096;
const largestLicenceBytes = 64 * 1024;

/** What lies outside of partitions and is not zeros, in order; of very large gaps only the beginning. */
export async function findRawData(
  source: ImageSource,
  { unpartitioned }: Pick<PartitionReading, 'unpartitioned'>,
  signal?: AbortSignal,
): Promise<RawData[]> {
  const ranges: ByteRange[] = [];
  let left = mostBytes;
  for (const { offsetBytes, lengthBytes } of unpartitioned) {
    for await (const chunk of source.chunks(offsetBytes, lengthBytes)) {
      signal?.throwIfAborted();
      if (chunk.bytes === null) continue;
      addSectors(ranges, chunk.offsetBytes, chunk.bytes);
      left -= chunk.lengthBytes;
      if (left <= 0 || ranges.length >= mostPlaces) break;
    }
    if (left <= 0 || ranges.length >= mostPlaces) break;
  }
  const found: RawData[] = [];
  for (const range of ranges) {
    const name = await nameOf(source, range);
    found.push({ range, ...(name === undefined ? {} : { name }) });
  }
  return found;
}

function addSectors(ranges: ByteRange[], offsetBytes: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; at += sectorBytes) {
    if (bytes.subarray(at, at + sectorBytes).every((byte) => byte === 0)) continue;
    const start = Math.floor((offsetBytes + at) / sectorBytes) * sectorBytes;
    const last = ranges.at(-1);
    const lastEnd = last === undefined ? Number.NEGATIVE_INFINITY : last.offsetBytes + last.lengthBytes;
    if (last === undefined || start - lastEnd > gapBytes) {
      ranges.push({ offsetBytes: start, lengthBytes: sectorBytes });
    } else last.lengthBytes = start + sectorBytes - last.offsetBytes;
  }
}

/** What is declared is not searched for secrets, so that a key is never taken for a licence. */
async function nameOf(
  source: ImageSource,
  { offsetBytes, lengthBytes }: ByteRange,
): Promise<string | undefined> {
  const start = await source.read(offsetBytes, Math.min(recognisedBytes, lengthBytes));
  const text = start.toString('latin1');
  const isLicence = /licen[cs]e/i.test(text) && !/PRIVATE KEY/.test(text);
  if (isLicence && lengthBytes <= largestLicenceBytes) return 'licence';
  const isBootSector = offsetBytes === 0;
  return recogniseRawData(isBootSector ? start.subarray(sectorBytes) : start).find((name) =>
    named.includes(name),
  );
}

/** Boot loaders belong there; remains of file systems and tables do not. */
const named = ['GRUB core.img', 'syslinux', 'U-Boot'];
