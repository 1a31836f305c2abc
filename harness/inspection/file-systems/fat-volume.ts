import type { ByteRange } from '../finding.ts';
import type { DiskBudget } from './disk-budget.ts';
import type { FatBootSector } from './fat-boot-sector.ts';
import { parseFatFolder } from './fat-folder-entries.ts';
import { fatEntryAt, fatEntryBits } from './fat-table.ts';
import { largestFolderBytes, largestReadBytes } from './limits.ts';
import type { PartitionReader } from './partition-reader.ts';
import type { Volume, VolumeEntry, VolumeFile, VolumeFolder } from './volume.ts';

/** The root of FAT12 and FAT16 lies in no cluster. */
const fixedRoot = 0;

/** Reads FAT12, FAT16 and FAT32 (Microsoft FAT specification 1.03) through its first table. */
export class FatVolume implements Volume {
  readonly #reader: PartitionReader;
  readonly #boot: FatBootSector;

  /** @param boot Without contradictions. */
  constructor(reader: PartitionReader, boot: FatBootSector) {
    this.#reader = reader;
    this.#boot = boot;
  }

  async root(): Promise<VolumeEntry> {
    const node = { kind: 'folder', sizeBytes: 0, mode: null, uid: null, modifiedAt: null } as const;
    return { name: '/', handle: this.#boot.rootCluster, node };
  }

  async list(handle: number, most: number): Promise<VolumeFolder> {
    const { rootOffsetBytes, rootBytes } = this.#boot;
    const bytes =
      handle === fixedRoot
        ? await this.#reader.read(rootOffsetBytes, rootBytes)
        : await this.#chain(handle, largestFolderBytes);
    const { entries, damages } = parseFatFolder(bytes, most);
    return {
      entries: entries.filter(
        ({ handle: cluster, node }) => node.kind !== 'folder' || this.#isCluster(cluster),
      ),
      damages: [
        ...damages,
        ...entries
          .filter(({ handle: cluster, node }) => node.kind === 'folder' && !this.#isCluster(cluster))
          .map(({ name, handle: cluster }) => `"${name}" in cluster ${cluster}`),
      ],
    };
  }

  async read({ handle, sizeBytes }: VolumeFile, lengthBytes: number): Promise<Buffer | undefined> {
    const wanted = Math.max(0, Math.min(sizeBytes, lengthBytes, largestReadBytes));
    if (wanted === 0) return Buffer.alloc(0);
    const bytes = await this.#chain(handle, wanted);
    return bytes.length === wanted ? bytes : undefined;
  }

  async *contentRanges({ handle, sizeBytes }: VolumeFile, budget: DiskBudget): AsyncGenerator<ByteRange> {
    const { clusterBytes, dataOffsetBytes } = this.#boot;
    let cluster = handle;
    for (let left = sizeBytes; left > 0 && this.#isCluster(cluster); left -= clusterBytes) {
      budget.mapSteps -= 1;
      if (budget.mapSteps < 0) return;
      const offsetBytes = dataOffsetBytes + (cluster - 2) * clusterBytes;
      yield { offsetBytes, lengthBytes: Math.min(clusterBytes, left) };
      cluster = await this.#next(cluster);
    }
  }

  bytesRead(): number {
    return this.#reader.bytesRead;
  }

  /** The beginning of what lies in a chain of clusters; it ends where the chain does, or comes back to itself. */
  async #chain(first: number, mostBytes: number): Promise<Buffer> {
    const { clusterBytes, dataOffsetBytes } = this.#boot;
    const pieces: Buffer[] = [];
    const seen = new Set<number>();
    let left = mostBytes;
    for (
      let cluster = first;
      this.#isCluster(cluster) && !seen.has(cluster) && left > 0;
      cluster = await this.#next(cluster)
    ) {
      seen.add(cluster);
      const offsetBytes = dataOffsetBytes + (cluster - 2) * clusterBytes;
      const piece = await this.#reader.read(offsetBytes, Math.min(clusterBytes, left));
      pieces.push(piece);
      left -= piece.length;
      if (piece.length === 0) break;
    }
    return Buffer.concat(pieces);
  }

  #isCluster(cluster: number): boolean {
    return cluster >= 2 && cluster < this.#boot.clusters + 2;
  }

  /** What the table says of a cluster; marks of the end, and of bad clusters, are no clusters. */
  async #next(cluster: number): Promise<number> {
    const { type, tableOffsetBytes } = this.#boot;
    const bits = fatEntryBits[type];
    // Two entries of 12 bits are three bytes.
    const index = cluster % 2;
    const offsetBytes = tableOffsetBytes + ((cluster - index) * bits) / 8;
    const bytes = await this.#reader.read(offsetBytes, (2 * bits) / 8);
    return fatEntryAt(bytes, index, bits) ?? 0;
  }
}
