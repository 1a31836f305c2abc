import { type FileHandle, open } from 'node:fs/promises';
import { sectorBytes } from '../../../foundation/index.ts';
import { SeededNumbers } from '../../faults/index.ts';
import type { SectorRange } from '../../witness/index.ts';
import { drillsErrors } from '../errors.ts';
import type { InjectedFault } from '../fault-declaration.ts';

const shownPlaces = 4;

/** Turns over single bits at places drawn from the seed, each once, and reads them again. */
export async function flipBits(
  path: string,
  { firstSector, sectorCount }: SectorRange,
  count: number,
  seed: string,
): Promise<InjectedFault> {
  const numbers = new SeededNumbers(seed);
  const bits = new Set<number>();
  const areaBits = sectorCount * sectorBytes * 8;
  while (bits.size < Math.min(count, areaBits)) bits.add(numbers.below(areaBits));
  await using file = await open(path, 'r+');
  const places: string[] = [];
  for (const bit of bits) {
    const offset = firstSector * sectorBytes + Math.floor(bit / 8);
    const before = await byteAt(file, offset);
    const wanted = before ^ (1 << (bit % 8));
    await file.write(Buffer.of(wanted), 0, 1, offset);
    const after = await byteAt(file, offset);
    if (after !== wanted) {
      throw drillsErrors.DRILLS_INJECTION_FAILED({
        tried: `flip a bit at byte ${offset} of ${path}`,
        got: `it reads ${after}`,
      });
    }
    places.push(`byte ${offset}: ${hex(before)} became ${hex(after)}`);
  }
  await file.datasync();
  const more = places.length > shownPlaces ? `, and ${places.length - shownPlaces} more` : '';
  const proof = `${places.slice(0, shownPlaces).join(', ')}${more}`;
  return { what: bits.size === 1 ? 'one bit flipped' : `${bits.size} bits flipped`, proof: () => proof };
}

async function byteAt(file: FileHandle, offset: number): Promise<number> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(1), 0, 1, offset);
  if (bytesRead === 1) return buffer[0]!;
  throw drillsErrors.DRILLS_INJECTION_FAILED({ tried: `read byte ${offset}`, got: 'the end of the disk' });
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
