import { sectorBytes } from '../../../../foundation/index.ts';
import { alignmentBytes, allocateAligned } from '../../../factory/clone/aligned-memory.ts';
import { type DiskAccess, ioErrorCode } from './disk-access.ts';

export interface ReadTest {
  readBytes: number;
  /** What is wrong, such as `cannot be read at sector 2048: EIO`. */
  fault?: string;
}

const largeBytes = 1024 ** 2;
const sampleBytes = 64 * 1024;
const sampleCount = 256;

/** Samples beyond this time are left out; a slow disk is no faulty one. */
const samplesMs = 10_000;

/**
 * Reads the first, the last and the middle MiB of a disk, and samples evenly between as long as there is time
 * (spec R6). Ends at the first fault.
 *
 * @param sizeBytes What the kernel says of the disk.
 */
export async function testReading(
  access: DiskAccess,
  sizeBytes: number,
  signal: AbortSignal,
): Promise<ReadTest> {
  const startMs = performance.now();
  let readBytes = 0;
  for (const { positionBytes, lengthBytes, isSample } of ranges(sizeBytes)) {
    signal.throwIfAborted();
    if (isSample && performance.now() - startMs > samplesMs) break;
    const wantedBytes = Math.min(lengthBytes, sizeBytes - positionBytes);
    try {
      const gotBytes = await access.read(allocateAligned(lengthBytes), positionBytes);
      readBytes += gotBytes;
      if (gotBytes < wantedBytes) {
        const sector = Math.floor((positionBytes + gotBytes) / sectorBytes);
        return { readBytes, fault: `gives nothing at sector ${sector} of ${sizeBytes / sectorBytes}` };
      }
    } catch (error) {
      const sector = (await firstUnreadable(access, positionBytes, lengthBytes)) / sectorBytes;
      return { readBytes, fault: `cannot be read at sector ${sector}: ${ioErrorCode(error)}` };
    }
  }
  return { readBytes };
}

interface Range {
  positionBytes: number;
  lengthBytes: number;
  isSample: boolean;
}

function ranges(sizeBytes: number): Range[] {
  const at = (positionBytes: number, lengthBytes: number, isSample: boolean): Range => ({
    positionBytes: Math.max(0, Math.ceil(positionBytes / alignmentBytes) * alignmentBytes),
    ...{ lengthBytes, isSample },
  });
  const large = [0, sizeBytes - largeBytes, (sizeBytes - largeBytes) / 2];
  const samples = Array.from({ length: sampleCount }, (_, index) =>
    at(((index + 0.5) / sampleCount) * (sizeBytes - sampleBytes), sampleBytes, true),
  );
  return [...large.map((position) => at(position, largeBytes, false)), ...samples];
}

/** Halves the range until one sector is left, or what the disk reads in one piece; gives its place in bytes. */
async function firstUnreadable(
  access: DiskAccess,
  positionBytes: number,
  lengthBytes: number,
): Promise<number> {
  let startBytes = positionBytes;
  for (let halfBytes = lengthBytes / 2; halfBytes >= sectorBytes; halfBytes /= 2) {
    try {
      await access.read(allocateAligned(halfBytes), startBytes);
      startBytes += halfBytes;
    } catch (error) {
      // The disk has larger sectors, and does not read less than one.
      if (ioErrorCode(error) === 'EINVAL') break;
    }
  }
  return startBytes;
}
