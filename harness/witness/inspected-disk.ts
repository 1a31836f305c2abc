import { sectorBytes } from '../../foundation/index.ts';
import { type CompareOptions, compareFiles, type DiskComparison } from './compare-disks.ts';
import { type PlaceMap, placesOf } from './disk-places.ts';
import { type DiskRecord, readRecords } from './disk-records.ts';
import { witnessErrors } from './errors.ts';
import { InspectedPartition } from './inspected-partition.ts';
import type { LayoutText, RecordKind } from './layout-text.ts';
import { type PartitionTable, readPartitionTable } from './partition-table.ts';
import { RawArea } from './raw-area.ts';
import type { ReadOnlyFile } from './read-only-file.ts';
import type { ScratchFolder } from './scratch-folder.ts';

export interface DiskContext {
  file: ReadOnlyFile;
  scratch: ScratchFolder;
  /** What is closed and removed with the disk. */
  stack: AsyncDisposableStack;
  layout?: LayoutText | undefined;
  signal?: AbortSignal | undefined;
}

/** A disk that is being looked at; made by `inspectDisk`. Nothing is ever written to it. */
export class InspectedDisk extends RawArea implements AsyncDisposable {
  readonly #context: DiskContext;
  #table: Promise<PartitionTable> | undefined;

  constructor(context: DiskContext) {
    const { file } = context;
    const sectorCount = Math.floor(file.sizeBytes / sectorBytes);
    super(file, { firstSector: 0, sectorCount }, () => this.#placesOnce());
    this.#context = context;
  }

  /** The raw file that is read: the disk itself, or a qcow2 disk's copy. */
  get path(): string {
    return this.file.path;
  }

  /** The size of the disk, in bytes. */
  get sizeBytes(): number {
    return this.file.sizeBytes;
  }

  /** Its partition table, MBR or GPT, as sfdisk reads it. @throws WITNESS_NO_PARTITION_TABLE */
  async partitionTable(): Promise<PartitionTable> {
    await this.file.assertUnchanged();
    this.#table ??= readPartitionTable(this.file.path, this.#context.signal);
    return this.#table;
  }

  /**
   * @param which Its number, or its role when the disk was opened with a layout.
   * @throws WITNESS_NO_PARTITION_TABLE, WITNESS_PARTITION_MISSING, WITNESS_USAGE for a role that no layout tells
   */
  async partition(which: number | string): Promise<InspectedPartition> {
    const number = typeof which === 'number' ? which : this.#numberOf(which);
    const { partitions } = await this.partitionTable();
    const entry = partitions.find((candidate) => candidate.number === number);
    if (entry !== undefined) {
      const { file, scratch, stack, signal } = this.#context;
      return new InspectedPartition(entry, { file, scratch, stack, signal, places: this.places });
    }
    throw witnessErrors.WITNESS_PARTITION_MISSING({
      tried: `look at partition ${which} of ${this.path}`,
      got: `partitions ${partitions.map((candidate) => candidate.number).join(', ') || 'none'}`,
    });
  }

  /**
   * The raw records, each by its kind (docs/layouts.md).
   *
   * @throws WITNESS_USAGE when neither this call nor inspectDisk was given a layout
   */
  async records(
    layout: LayoutText | undefined = this.#context.layout,
  ): Promise<Partial<Record<RecordKind, DiskRecord>>> {
    if (layout === undefined) throw this.#layoutMissing('read the raw records');
    return readRecords(this, layout);
  }

  /** Which sectors differ from another disk's, and where they lie on this one. */
  async compareWith(other: InspectedDisk, options: CompareOptions = {}): Promise<DiskComparison> {
    return compareFiles(this.file, other.file, await this.places(), options);
  }

  /** Closes the disk and removes every copy. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.stack.disposeAsync();
  }

  #numberOf(role: string): number {
    const { layout } = this.#context;
    if (layout === undefined) throw this.#layoutMissing(`find partition ${role}`);
    const declared = layout.partitions.find((candidate) => candidate.role === role);
    if (declared !== undefined) return declared.number;
    throw witnessErrors.WITNESS_USAGE({
      tried: `find partition ${role} of ${this.path}`,
      expected: `a role of the layout: ${layout.partitions.map((candidate) => candidate.role).join(', ')}`,
    });
  }

  #layoutMissing(what: string): Error {
    return witnessErrors.WITNESS_USAGE({
      tried: `${what} of ${this.path}`,
      expected: 'a layout: inspectDisk(path, { layout: await readLayoutText(layoutPath, "system") })',
    });
  }

  /** A disk without a partition table has places, too. */
  async #placesOnce(): Promise<PlaceMap> {
    const table = await this.partitionTable().catch((error) => {
      if (error.code === 'WITNESS_NO_PARTITION_TABLE') return null;
      throw error;
    });
    return placesOf(table, this.#context.layout);
  }
}
