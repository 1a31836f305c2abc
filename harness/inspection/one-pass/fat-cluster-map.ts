import { type FatBootSector, parseFatBootSector } from '../file-systems/fat-boot-sector.ts';
import { fatEntryAt, fatEntryBits } from '../file-systems/fat-table.ts';
import type { ImageSource } from '../image-source.ts';
import type { DiskPartition } from '../place.ts';
import type { BlockMap } from './free-space.ts';

/** The table is read in parts of so many bytes; a multiple of 3, so that no entry of 12 bits lies in two of them. */
const partBytes = 3 * 64 * 1024;

/** The first table of FAT12, FAT16 and FAT32 (Microsoft FAT specification 1.03, "FAT Data Structure"). */
export async function readFatMap(
  source: ImageSource,
  partition: DiskPartition,
): Promise<BlockMap | undefined> {
  const lengthBytes = Math.min(512, partition.sizeBytes);
  const boot = parseFatBootSector(await source.read(partition.offsetBytes, lengthBytes));
  if (boot === undefined || boot.contradictions.length > 0) return undefined;
  return boot.sizeBytes <= partition.sizeBytes ? new FatClusterMap(source, partition, boot) : undefined;
}

class FatClusterMap implements BlockMap {
  readonly fileSystem = 'fat';
  readonly blockBytes: number;
  readonly #source: ImageSource;
  readonly #partition: DiskPartition;
  readonly #boot: FatBootSector;
  #part: { number: number; bytes: Promise<Buffer> } | undefined;

  constructor(source: ImageSource, partition: DiskPartition, boot: FatBootSector) {
    this.#source = source;
    this.#partition = partition;
    this.#boot = boot;
    this.blockBytes = boot.clusterBytes;
  }

  async isFree(offsetBytes: number): Promise<boolean | undefined> {
    const { clusterBytes, clusters, dataOffsetBytes } = this.#boot;
    if (offsetBytes < dataOffsetBytes) return false;
    const index = Math.floor((offsetBytes - dataOffsetBytes) / clusterBytes);
    // Clusters are counted from 2.
    return index >= clusters ? true : await this.#isClusterFree(index + 2);
  }

  async #isClusterFree(cluster: number): Promise<boolean | undefined> {
    const bits = fatEntryBits[this.#boot.type];
    const entriesPerPart = (partBytes * 8) / bits;
    const bytes = await this.#readPart(Math.floor(cluster / entriesPerPart));
    const entry = fatEntryAt(bytes, cluster % entriesPerPart, bits);
    return entry === undefined ? undefined : entry === 0;
  }

  async #readPart(number: number): Promise<Buffer> {
    if (this.#part?.number === number) return await this.#part.bytes;
    const { tableBytes, tableOffsetBytes } = this.#boot;
    const from = number * partBytes;
    const lengthBytes = Math.min(partBytes, tableBytes - from);
    const bytes = this.#source.read(this.#partition.offsetBytes + tableOffsetBytes + from, lengthBytes);
    this.#part = { number, bytes };
    return await bytes;
  }
}
