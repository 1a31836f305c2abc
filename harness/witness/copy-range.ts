import { open } from 'node:fs/promises';
import { sectorBytes } from '../../foundation/index.ts';
import type { SectorRange } from './raw-area.ts';
import type { ReadOnlyFile } from './read-only-file.ts';

const zeroMemory = Buffer.alloc(1024 ** 2);

/** Copies a range of a disk into a new file, byte for byte; what is zero becomes a hole. */
export async function copyRange(
  source: ReadOnlyFile,
  { firstSector, sectorCount }: SectorRange,
  targetPath: string,
): Promise<void> {
  const start = firstSector * sectorBytes;
  await using target = await open(targetPath, 'wx', 0o600);
  await target.truncate(sectorCount * sectorBytes);
  for await (const { bytes, offsetBytes } of source.chunks(start, sectorCount * sectorBytes)) {
    if (bytes === null || bytes.equals(zeroMemory.subarray(0, bytes.length))) continue;
    let done = 0;
    while (done < bytes.length) {
      const { bytesWritten } = await target.write(
        bytes,
        done,
        bytes.length - done,
        offsetBytes - start + done,
      );
      done += bytesWritten;
    }
  }
}
