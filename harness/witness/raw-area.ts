import { createHash } from 'node:crypto';
import { sectorBytes } from '../../foundation/index.ts';
import type { PlaceMap } from './disk-places.ts';
import { witnessErrors } from './errors.ts';
import { type Find, type FindOptions, findNeedles } from './find-needles.ts';
import type { ReadOnlyFile } from './read-only-file.ts';

/** A range in sectors of 512 bytes, counted from the start of the area (disk or partition) that is asked. */
export interface SectorRange {
  firstSector: number;
  sectorCount: number;
}

/** A disk or a partition as raw sectors. Nothing here knows what the bytes mean. */
export class RawArea {
  /** The area's first sector, counted from the start of the disk. */
  readonly firstSector: number;
  readonly sectorCount: number;
  protected readonly file: ReadOnlyFile;
  protected readonly places: () => Promise<PlaceMap>;

  constructor(file: ReadOnlyFile, range: SectorRange, places: () => Promise<PlaceMap>) {
    this.file = file;
    this.firstSector = range.firstSector;
    this.sectorCount = range.sectorCount;
    this.places = places;
  }

  /** @throws WITNESS_USAGE for a range that does not lie in the area */
  async sectors(firstSector: number, sectorCount: number): Promise<Buffer> {
    const { offsetBytes, lengthBytes } = this.#bytesOf({ firstSector, sectorCount });
    return this.file.read(offsetBytes, lengthBytes);
  }

  /** Whether every byte of the range is zero; by default of the whole area. */
  async isZero(firstSector = 0, sectorCount = this.sectorCount - firstSector): Promise<boolean> {
    const { offsetBytes, lengthBytes } = this.#bytesOf({ firstSector, sectorCount });
    for await (const { bytes } of this.file.chunks(offsetBytes, lengthBytes)) {
      if (bytes !== null && !bytes.equals(zeros(bytes.length))) return false;
    }
    return true;
  }

  /** SHA-256 of the range in hexadecimal; by default of the whole area. */
  async sha256(range: SectorRange = { firstSector: 0, sectorCount: this.sectorCount }): Promise<string> {
    const { offsetBytes, lengthBytes } = this.#bytesOf(range);
    const hash = createHash('sha256');
    for await (const { bytes, lengthBytes: length } of this.file.chunks(offsetBytes, lengthBytes)) {
      if (bytes !== null) hash.update(bytes);
      else for (let left = length; left > 0; left -= zeroMemory.length) hash.update(zeros(left));
    }
    return hash.digest('hex');
  }

  /**
   * Searches the raw sectors for several needles in one pass, whatever file systems say is there (spec M5: deleted
   * files cannot be recovered). Time grows with the number of needles; holes of a sparse image cost nothing. A
   * file that is stored in several pieces is found by a needle that lies in one piece.
   *
   * @throws WITNESS_USAGE for an empty needle or one of zeros only, WITNESS_TOO_MANY_FINDS beyond the limit
   */
  async find(needles: readonly (string | Uint8Array)[], options: FindOptions = {}): Promise<Find[]> {
    const { offsetBytes, lengthBytes } = this.#bytesOf({ firstSector: 0, sectorCount: this.sectorCount });
    const hits = await findNeedles(this.file.chunks(offsetBytes, lengthBytes), needles, options);
    const places = await this.places();
    return hits.map((hit) => ({
      ...hit,
      sector: Math.floor(hit.offsetBytes / sectorBytes),
      place: places.at(Math.floor(hit.offsetBytes / sectorBytes)),
    }));
  }

  #bytesOf({ firstSector, sectorCount }: SectorRange) {
    const isInside = firstSector >= 0 && sectorCount >= 0 && firstSector + sectorCount <= this.sectorCount;
    if (!isInside || !Number.isInteger(firstSector) || !Number.isInteger(sectorCount)) {
      throw witnessErrors.WITNESS_USAGE({
        tried: `look at ${sectorCount} sectors from sector ${firstSector} of ${this.file.path}`,
        expected: `a range within the ${this.sectorCount} sectors of the disk or partition`,
      });
    }
    return {
      offsetBytes: (this.firstSector + firstSector) * sectorBytes,
      lengthBytes: sectorCount * sectorBytes,
    };
  }
}

const zeroMemory = Buffer.alloc(1024 ** 2);

/** At most a mebibyte of zeros, to compare with. */
function zeros(lengthBytes: number): Buffer {
  return zeroMemory.subarray(0, lengthBytes);
}
