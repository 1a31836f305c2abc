import { durably } from '../../foundation/index.ts';
import { alignmentBytes, allocateAligned } from '../factory/clone/aligned-memory.ts';
import { type DiskAccess, type OpenDisk, openDisk } from '../script/steps/hardware/disk-access.ts';
import { describeDifferences } from './check-partition.ts';
import { type BlockDifferences, compareBlocks } from './compare-blocks.ts';
import type { LocatedPartition } from './configuration.ts';
import type { RecoveryMethod } from './decide-boot.ts';
import { knownStateErrors } from './errors.ts';
import { encodeManifestArea, type PartitionManifest, type SignedManifest } from './manifest.ts';
import { openManifestOf } from './partition-manifest.ts';
import { type BlockSource, writeBlocks } from './write-blocks.ts';

export interface Restoration {
  /** What the partition shall hold. */
  manifest: SignedManifest;
  source: BlockSource;
  /** Of the manifest's signature, PEM. */
  publicKey: string;
  method: RecoveryMethod;
  /** Whether what was written is read back. */
  verify: boolean;
  signal: AbortSignal;
  open?: OpenDisk;
  /** Called with the share of what has to be written that is, 0 to 1. */
  onProgress?(share: number): void;
}

/** What was done to one partition. */
export interface RestorationReport {
  partition: string;
  /** What it was done by at last: a repair that did not help became a rewrite. */
  method: RecoveryMethod;
  /** The version of the system image that it holds now. */
  version: string;
  writtenBlocks: number;
  writtenBytes: number;
  /** While it was written, reading back left out; 0 when nothing was. */
  bytesPerSecond: number;
}

/**
 * Brings a partition to what a manifest says (spec B5), but for its boot states. `repair` reads all of it and writes the
 * blocks that differ; when that does not help, or by `rewrite`, every block of the image is written anew.
 *
 * The manifest on the partition is taken away before the first block is written and put back after the last one is on
 * the disk: whatever ends the work between leaves a partition that is known as damaged.
 *
 * @throws KNOWN_STATE_MANIFEST_INVALID, KNOWN_STATE_PACK_INVALID, KNOWN_STATE_RECOVERY_FAILED when it does not read back
 * as it was written; what the disk throws.
 */
export async function restorePartition(
  partition: LocatedPartition,
  restoration: Restoration,
): Promise<RestorationReport> {
  const { open = openDisk, publicKey, signal, method, verify } = restoration;
  const manifest = openManifestOf(partition, restoration.manifest, publicKey);
  await using disk = await open(partition.device, 'write');
  const work = new PartitionWork(partition, restoration, manifest, disk);
  if (method === 'repair') {
    const report = await work.write(await work.findBroken());
    if (!verify || (await work.isRight(report.blocks))) return work.reportOf('repair', report);
    signal.throwIfAborted();
  }
  const all = [...manifest.blocks.keys()];
  const report = await work.write(all);
  if (!verify || (await work.isRight(all))) return work.reportOf('rewrite', report);
  throw knownStateErrors.KNOWN_STATE_RECOVERY_FAILED({
    tried: `write ${partition.name} anew`,
    where: partition.device,
    got: work.lastDifferences(),
  });
}

interface Written {
  blocks: readonly number[];
  writtenBytes: number;
  seconds: number;
}

class PartitionWork {
  readonly #partition: LocatedPartition;
  readonly #restoration: Restoration;
  readonly #manifest: PartitionManifest;
  readonly #area: Buffer;
  readonly #disk: DiskAccess;
  #last: BlockDifferences | undefined;

  constructor(
    partition: LocatedPartition,
    restoration: Restoration,
    manifest: PartitionManifest,
    disk: DiskAccess,
  ) {
    this.#partition = partition;
    this.#restoration = restoration;
    this.#manifest = manifest;
    this.#disk = disk;
    this.#area = encodeManifestArea(restoration.manifest);
  }

  async findBroken(): Promise<number[]> {
    const { differing, unreadable } = await this.#compare(this.#manifest.blocks.keys());
    return [...differing, ...unreadable].sort((one, other) => one - other);
  }

  async write(blocks: readonly number[]): Promise<Written> {
    if (blocks.length === 0 && (await this.#hasManifest())) return { blocks, writtenBytes: 0, seconds: 0 };
    const startMs = performance.now();
    const { manifest: area, offsetBytes } = this.#partition;
    const positionBytes = offsetBytes + area.offsetBytes;
    await durably('restore-partition.take-manifest-away', () =>
      this.#disk.write(allocateAligned(alignmentBytes), positionBytes),
    );
    await durably('restore-partition.manifest-is-away', () => this.#disk.sync());
    const { source, signal, onProgress = () => {} } = this.#restoration;
    const common = { disk: this.#disk, offsetBytes, manifest: this.#manifest, signal };
    const writtenBytes = await writeBlocks({ ...common, source, blocks, onProgress });
    const bytes = allocateAligned(this.#area.length);
    this.#area.copy(bytes);
    await this.#disk.write(bytes, positionBytes);
    await durably('restore-partition.manifest-is-back', () => this.#disk.sync());
    return { blocks, writtenBytes, seconds: (performance.now() - startMs) / 1000 };
  }

  /** Reads back what was written. */
  async isRight(blocks: readonly number[]): Promise<boolean> {
    const { differing, unreadable } = await this.#compare(blocks);
    return differing.length + unreadable.length === 0 && (await this.#hasManifest());
  }

  reportOf(method: RecoveryMethod, { blocks, writtenBytes, seconds }: Written): RestorationReport {
    return {
      partition: this.#partition.name,
      method,
      version: this.#manifest.version,
      writtenBlocks: blocks.length,
      writtenBytes,
      bytesPerSecond: writtenBytes === 0 ? 0 : Math.round(writtenBytes / Math.max(seconds, 0.001)),
    };
  }

  lastDifferences(): string {
    const blocks = this.#last === undefined ? '' : describeDifferences(this.#last);
    return blocks === '' ? 'its manifest does not read back' : blocks;
  }

  async #compare(blocks: Iterable<number>): Promise<BlockDifferences> {
    const { offsetBytes } = this.#partition;
    const { signal } = this.#restoration;
    const comparison = { disk: this.#disk, offsetBytes, manifest: this.#manifest, blocks, signal };
    this.#last = await compareBlocks(comparison);
    return this.#last;
  }

  async #hasManifest(): Promise<boolean> {
    const { manifest: area, offsetBytes } = this.#partition;
    const bytes = allocateAligned(area.lengthBytes);
    const bytesRead = await this.#disk.read(bytes, offsetBytes + area.offsetBytes).catch(() => 0);
    return bytesRead === area.lengthBytes && bytes.equals(this.#area);
  }
}
