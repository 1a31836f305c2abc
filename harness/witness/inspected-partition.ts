import { sectorBytes } from '../../foundation/index.ts';
import { type BootStatesReading, readBootStates } from './boot-states.ts';
import { checkFileSystem, type FileSystemCheck } from './check-file-system.ts';
import { copyRange } from './copy-range.ts';
import { unreadable } from './debugfs.ts';
import { PlaceMap } from './disk-places.ts';
import { runDiskTool } from './disk-tool.ts';
import { witnessErrors } from './errors.ts';
import { copyNamesOtherJournal } from './ext-journal-place.ts';
import { ext4Files } from './ext4-files.ts';
import { fatFiles } from './fat-files.ts';
import { type FileSystemFacts, readFileSystemFacts } from './file-system-facts.ts';
import type { PartitionEntry } from './partition-table.ts';
import { RawArea } from './raw-area.ts';
import { ReadOnlyFile } from './read-only-file.ts';
import type { ScratchFolder } from './scratch-folder.ts';
import { ext4Superblocks, fatBootSectors } from './superblock-places.ts';
import type { FilePiece, FileReader, FolderEntry, TreeEntry } from './tree-entry.ts';

/** Where a part of a file's content lies, in bytes from the start of the disk. */
export type FilePlace = FilePiece;

export interface PartitionContext {
  file: ReadOnlyFile;
  scratch: ScratchFolder;
  places: () => Promise<PlaceMap>;
  /** Closes with the disk. */
  stack: AsyncDisposableStack;
  signal?: AbortSignal | undefined;
}

/** e2fsck: 0 nothing to do, 1 mended. */
const replayed = [0, 1];

/** A partition of a disk, as raw sectors and as a file system. Everything is read, nothing is ever written. */
export class InspectedPartition extends RawArea {
  readonly entry: PartitionEntry;
  readonly #context: PartitionContext;
  #facts: Promise<FileSystemFacts> | undefined;
  #files: Promise<FileReader> | undefined;
  #copy: Promise<string> | undefined;

  constructor(entry: PartitionEntry, context: PartitionContext) {
    super(context.file, entry, context.places);
    this.entry = entry;
    this.#context = context;
  }

  /** Its number: 1 to 4, logical drives from 5. */
  get number(): number {
    return this.entry.number;
  }

  /** What file system it holds, its label and UUID, and the state of its journal. */
  fileSystem(): Promise<FileSystemFacts> {
    return this.#look(() => this.#factsOnce());
  }

  /** The verdict of e2fsck or fsck.fat, on a copy. A partition without a file system is not sound. */
  check(): Promise<FileSystemCheck> {
    return this.#look(async () => {
      const facts = await this.#factsOnce();
      return checkFileSystem(await this.#copyOnce(), facts, this.#context.signal);
    });
  }

  /**
   * A folder's entries by name, of ext4 with mode and owner.
   *
   * @throws WITNESS_PATH_MISSING, WITNESS_PATH_OF_OTHER_KIND, WITNESS_FILE_SYSTEM_UNREADABLE, WITNESS_JOURNAL_DIRTY
   */
  list(path = '/'): Promise<FolderEntry[]> {
    return this.#look(async () => (await this.#filesOnce()).list(path));
  }

  /** A file's content. Throws what {@link list} throws. */
  read(path: string): Promise<Buffer> {
    return this.#look(async () => (await this.#filesOnce()).read(path));
  }

  /** A file's content as text in UTF-8. */
  async readText(path: string): Promise<string> {
    return (await this.read(path)).toString('utf8');
  }

  /** The boot states that this system partition holds, of all of them (spec B3). Throws what {@link list} throws. */
  async bootStates(): Promise<BootStatesReading> {
    return readBootStates(await this.read('/bstate.txt'));
  }

  /** Whether something lies at the path, of whatever kind. */
  async has(path: string): Promise<boolean> {
    const entries = await this.list(path.slice(0, path.lastIndexOf('/')) || '/').catch((error) => {
      if (error.code === 'WITNESS_PATH_MISSING' || error.code === 'WITNESS_PATH_OF_OTHER_KIND') return [];
      throw error;
    });
    return entries.some(({ name }) => name === path.slice(path.lastIndexOf('/') + 1));
  }

  /** Everything in the file system, sorted by path, with modes, owners, targets of links, and SHA-256 of contents. */
  tree(): Promise<TreeEntry[]> {
    return this.#look(async () => (await this.#filesOnce()).tree());
  }

  /** Where a file's content lies on the disk, in the order of the file and without its holes. */
  locate(path: string): Promise<FilePlace[]> {
    return this.#look(async () => {
      return this.#onDisk(await (await this.#filesOnce()).locate(path));
    });
  }

  /**
   * Where the superblock of ext4 and its copies lie, or the boot sectors of FAT; the one that is used first.
   *
   * @throws WITNESS_FILE_SYSTEM_UNREADABLE
   */
  superblocks(): Promise<FilePlace[]> {
    return this.#look(async () => {
      const { kind } = await this.#factsOnce();
      if (kind === 'fat') return this.#onDisk(await fatBootSectors(await this.#copyOnce()));
      if (kind === 'ext4') return this.#onDisk(await ext4Superblocks(this.#image, this.#context.signal));
      throw this.#notReadable(kind);
    });
  }

  /**
   * This ext4 partition as the next mount would find it: a copy in which the journal has been replayed, and nothing else
   * mended, so that {@link check} still says what is wrong. The original keeps its journal. Its sectors are counted from the
   * start of the copy.
   *
   * @throws WITNESS_FILE_SYSTEM_UNREADABLE when the journal cannot be replayed
   */
  async withJournalReplayed(): Promise<InspectedPartition> {
    const { scratch, signal, stack } = this.#context;
    const path = await scratch.newPath('replayed');
    await copyRange(this.file, this, path);
    if (await copyNamesOtherJournal(path)) {
      throw unreadable(path, 'it names a journal on another disk, to which e2fsck would write');
    }
    const largestFileBytes = this.sectorCount * sectorBytes;
    const options = { acceptExitCodes: replayed, signal, largestFileBytes };
    await runDiskTool(path, 'e2fsck', ['-E', 'journal_only', '-y', path], options).catch((error) => {
      throw error.code === 'FOUNDATION_TOOL_FAILED' ? unreadable(path, error) : error;
    });
    const file = stack.use(await ReadOnlyFile.open(path));
    const place = (await this.places()).at(this.firstSector);
    const places = async () => new PlaceMap([{ firstSector: 0, endSector: this.sectorCount, place }]);
    return new InspectedPartition({ ...this.entry, firstSector: 0 }, { ...this.#context, file, places });
  }

  /** Does something that other programs do with the disk, and makes sure that the disk stood still meanwhile. */
  async #look<Result>(action: () => Promise<Result>): Promise<Result> {
    await this.file.assertUnchanged();
    const result = await action();
    await this.file.assertUnchanged();
    return result;
  }

  #factsOnce(): Promise<FileSystemFacts> {
    this.#facts ??= readFileSystemFacts(this.file.path, this, this.#context.signal);
    return this.#facts;
  }

  #filesOnce(): Promise<FileReader> {
    this.#files ??= this.#openFiles();
    return this.#files;
  }

  async #openFiles(): Promise<FileReader> {
    const { kind, type, journal } = await this.#factsOnce();
    const { scratch, signal } = this.#context;
    if (journal === 'dirty') {
      throw witnessErrors.WITNESS_JOURNAL_DIRTY({ tried: `read files of ${this.#name}` });
    }
    if (kind === 'fat') return fatFiles(await this.#copyOnce(), scratch, signal);
    if (kind === 'ext4') return ext4Files(this.#image, scratch, signal);
    throw this.#notReadable(type ?? kind);
  }

  get #name(): string {
    return `partition ${this.number} of ${this.file.path}`;
  }

  /** As the programs of e2fsprogs are told where it lies. */
  get #image(): string {
    return `${this.file.path}?offset=${this.firstSector * sectorBytes}`;
  }

  #notReadable(got: string): Error {
    const tried = `read ${this.#name}`;
    return witnessErrors.WITNESS_FILE_SYSTEM_UNREADABLE({ tried, expected: 'ext4 or FAT', got });
  }

  #onDisk(pieces: readonly FilePiece[]): FilePlace[] {
    const start = this.firstSector * sectorBytes;
    return pieces.map(({ offsetBytes, lengthBytes }) => ({ offsetBytes: start + offsetBytes, lengthBytes }));
  }

  #copyOnce(): Promise<string> {
    this.#copy ??= this.#makeCopy();
    return this.#copy;
  }

  async #makeCopy(): Promise<string> {
    const path = await this.#context.scratch.newPath(`partition-${this.number}`);
    await copyRange(this.file, this, path);
    return path;
  }
}
