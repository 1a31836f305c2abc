import { sectorBytes } from '../../foundation/index.ts';
import { copyRange } from '../witness/copy-range.ts';
import { placesOf } from '../witness/disk-places.ts';
import { type FileSystemFacts, readFileSystemFacts } from '../witness/file-system-facts.ts';
import { InspectedPartition } from '../witness/inspected-partition.ts';
import type { PartitionEntry, PartitionTable } from '../witness/partition-table.ts';
import { ReadOnlyFile } from '../witness/read-only-file.ts';
import { ScratchFolder } from '../witness/scratch-folder.ts';
import type { Acknowledgement } from './acknowledgements.ts';
import type { ExploredState } from './exploration.ts';

/** The number that stands for a disk without a partition table. */
export const wholeDiskNumber = 0;

type FileSystemKind = FileSystemFacts['kind'];

interface JudgedDiskParts {
  path: string;
  explored: ExploredState;
  acknowledged: readonly Acknowledgement[];
  table: PartitionTable | null;
  /** Sectors that differ from the base image. */
  changedSectors: readonly number[];
  basePath: string;
  /** What file systems the base image has, by partition; for all states of a run. */
  kindsInBase: Map<number, Promise<FileSystemKind>>;
  stack: AsyncDisposableStack;
  signal?: AbortSignal | undefined;
}

/** A state as a disk, before a judge. It is only read: what has to be mended first is mended on copies. */
export class JudgedDisk implements AsyncDisposable {
  /** A raw image; it becomes another state as soon as the judges are done. */
  readonly path: string;
  readonly explored: ExploredState;
  /** What the guest had promised before this cut, oldest first. */
  readonly acknowledged: readonly Acknowledgement[];
  /** Partitions with a sector that differs from the base image; {@link wholeDiskNumber} of a disk without a table. */
  readonly changedPartitions: readonly number[];
  /** Whether a sector outside of every partition differs, the partition table's for example. */
  readonly isChangedOutside: boolean;
  /** Sectors that differ from the base image. */
  readonly changedSectors: readonly number[];
  readonly #parts: JudgedDiskParts;
  readonly #partitions = new Map<number, Promise<InspectedPartition>>();
  #file: Promise<ReadOnlyFile> | undefined;
  #scratch: ScratchFolder | undefined;

  /** For {@link judgeStates}. @param parts.table That of the base image. */
  constructor(parts: JudgedDiskParts) {
    this.path = parts.path;
    this.explored = parts.explored;
    this.acknowledged = parts.acknowledged;
    this.#parts = parts;
    this.changedSectors = parts.changedSectors;
    const places = parts.changedSectors.map((sector) => partitionAt(parts.table, sector));
    this.changedPartitions = [...new Set(places)].filter((number) => number !== null).sort((a, b) => a - b);
    this.isChangedOutside = places.includes(null);
  }

  /** Whether it has a partition table, going by the base image. */
  get hasTable(): boolean {
    return this.#parts.table !== null;
  }

  /**
   * A partition of the base image's table as the next mount finds it: of ext4 with a journal to be replayed a copy in
   * which that was done, and nothing else.
   *
   * @throws WITNESS_FILE_SYSTEM_UNREADABLE when the journal cannot be replayed
   */
  fileSystem(number: number): Promise<InspectedPartition> {
    const known = this.#partitions.get(number);
    if (known !== undefined) return known;
    const opened = this.#open(number);
    // Each judge that asks hears of it; until one does it is nobody's.
    opened.catch(() => undefined);
    this.#partitions.set(number, opened);
    return opened;
  }

  /** What file system the partition held in the base image. */
  kindInBase(number: number): Promise<FileSystemKind> {
    const { basePath, kindsInBase, signal } = this.#parts;
    const known = kindsInBase.get(number);
    if (known !== undefined) return known;
    const kind = this.#fileOnce()
      .then((file) => readFileSystemFacts(basePath, this.#entryOf(number, file), signal))
      .then((facts) => facts.kind);
    kindsInBase.set(number, kind);
    return kind;
  }

  /** The path of a new copy of a partition as the cut left it, which is removed when the judges are done. */
  async copyOf(number: number): Promise<string> {
    const path = await this.#scratchFolder().newPath(`partition-${number}`);
    const file = await this.#fileOnce();
    await copyRange(file, this.#entryOf(number, file), path);
    return path;
  }

  /** Removes the copies. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.stack.disposeAsync();
  }

  async #open(number: number): Promise<InspectedPartition> {
    const { table, stack, signal } = this.#parts;
    const file = await this.#fileOnce();
    const entry = this.#entryOf(number, file);
    const places = async () => placesOf(table, undefined);
    const scratch = this.#scratchFolder();
    const partition = new InspectedPartition(entry, { file, scratch, places, stack, signal });
    const { journal } = await partition.fileSystem();
    return journal === 'dirty' ? await partition.withJournalReplayed() : partition;
  }

  #fileOnce(): Promise<ReadOnlyFile> {
    this.#file ??= ReadOnlyFile.open(this.path).then((file) => this.#parts.stack.use(file));
    return this.#file;
  }

  #entryOf(number: number, file: ReadOnlyFile): PartitionEntry {
    const { table } = this.#parts;
    return table?.partitions.find((candidate) => candidate.number === number) ?? wholeDisk(file);
  }

  #scratchFolder(): ScratchFolder {
    this.#scratch ??= this.#parts.stack.use(new ScratchFolder());
    return this.#scratch;
  }
}

function wholeDisk(file: ReadOnlyFile): PartitionEntry {
  return {
    number: wholeDiskNumber,
    firstSector: 0,
    sectorCount: Math.floor(file.sizeBytes / sectorBytes),
    type: '',
    isActive: false,
    isLogical: false,
    isExtended: false,
  };
}

/** Null outside of every partition. */
function partitionAt(table: PartitionTable | null, sector: number): number | null {
  if (table === null) return wholeDiskNumber;
  return placesOf(table, undefined).at(sector).partition ?? null;
}
