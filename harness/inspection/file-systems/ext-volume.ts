import type { ByteRange } from '../finding.ts';
import type { DiskBudget } from './disk-budget.ts';
import { type BlockReader, mappedRanges } from './ext-file-ranges.ts';
import { parseFolderBlock } from './ext-folder-entries.ts';
import { descriptorPlace, parseDescriptor } from './ext-groups.ts';
import { type ExtInode, parseExtInode } from './ext-inode.ts';
import type { ExtSuperblock } from './ext-superblock.ts';
import {
  largestFolderBytes,
  largestReadBytes,
  largestWalkBytes,
  mostDamages,
  stepsOfMapBlock,
} from './limits.ts';
import type { PartitionReader } from './partition-reader.ts';
import { printable } from './printable.ts';
import type { Volume, VolumeEntry, VolumeFile, VolumeFolder } from './volume.ts';

const rootInode = 2;
const journalInode = 8;
/** Longer targets have a block of their own. */
const longestFastTargetBytes = 59;
const longestTargetBytes = 4096;
/** Of all files together, with the blocks that say where they lie: each of them may have 16 MiB of these. */
const largestReadingBytes = 4 * 1024 ** 3;

/** How much a volume reads, in bytes, before it says no more. */
export interface ExtVolumeLimits {
  /** Until then folders are listed; what files took counts, too. */
  walkBytes?: number;
  /** Until then files are read. */
  readingBytes?: number;
}

/**
 * Reads ext2, ext3 and ext4 (Linux kernel, Documentation/filesystems/ext4/) as it lies there: a journal is not written back first. Everything goes by
 * inode, and nothing through the text that a tool prints, in which a name or the target of a link can pretend to be anything.
 */
export class ExtVolume implements Volume, BlockReader {
  readonly blockBytes: number;
  readonly #reader: PartitionReader;
  readonly #superblock: ExtSuperblock;
  readonly #walkBytes: number;
  readonly #readingBytes: number;
  /** By files, so far. */
  #bytesOfFiles = 0;

  /** @param superblock Without contradictions. */
  constructor(
    reader: PartitionReader,
    superblock: ExtSuperblock,
    { walkBytes = largestWalkBytes, readingBytes = largestReadingBytes }: ExtVolumeLimits = {},
  ) {
    this.#reader = reader;
    this.#superblock = superblock;
    this.#walkBytes = walkBytes;
    this.#readingBytes = readingBytes;
    this.blockBytes = superblock.blockBytes;
  }

  async root(): Promise<VolumeEntry | undefined> {
    const inode = await this.#inode(rootInode);
    return inode?.kind === 'folder' ? await this.#entry('/', rootInode, inode) : undefined;
  }

  async list(handle: number, most: number): Promise<VolumeFolder> {
    const folder: VolumeFolder = { entries: [], damages: [] };
    const inode = await this.#inode(handle);
    if (inode === undefined) return folder;
    for await (const block of this.#folderBlocks(inode)) {
      const { entries, damage } = parseFolderBlock(block);
      if (damage !== undefined) folder.damages.push(damage);
      for (const { name, inode: number } of entries) {
        if (folder.entries.length > most || folder.damages.length >= mostDamages) return folder;
        // Each name may be that of a link with 16 MiB of blocks that lead to nothing.
        if (this.#reader.bytesRead > this.#walkBytes) return folder;
        const found = name.includes(0x2f) || name.includes(0) ? undefined : await this.#inode(number);
        if (found === undefined || found.links === 0)
          folder.damages.push(`"${printable(name)}" (inode ${number})`);
        else folder.entries.push(await this.#entry(printable(name), number, found));
      }
    }
    return folder;
  }

  async read({ handle }: VolumeFile, lengthBytes: number): Promise<Buffer | undefined> {
    if (this.#bytesOfFiles > this.#readingBytes) return undefined;
    const bytesBefore = this.#reader.bytesRead;
    const inode = await this.#inode(handle);
    const isReadable = inode?.kind === 'file' && !inode.isEncrypted;
    const content = isReadable ? await this.#content(inode, lengthBytes) : undefined;
    this.#bytesOfFiles += this.#reader.bytesRead - bytesBefore;
    return content;
  }

  async *contentRanges({ handle }: VolumeFile, budget: DiskBudget): AsyncGenerator<ByteRange> {
    const inode = await this.#inode(handle);
    if (inode?.kind !== 'file') return;
    if (inode.inline === undefined) {
      yield* this.#ranges(inode, budget);
      return;
    }
    const offsetBytes = await this.#inodePlace(handle);
    if (offsetBytes !== undefined) yield { offsetBytes, lengthBytes: this.#superblock.inodeBytes };
  }

  async *journalRanges(budget: DiskBudget): AsyncGenerator<ByteRange> {
    if (!this.#superblock.features.includes('has_journal')) return;
    const inode = await this.#inode(journalInode);
    if (inode?.kind === 'file') yield* this.#ranges(inode, budget);
  }

  bytesRead(): number {
    return this.#reader.bytesRead;
  }

  async readBlock(number: number): Promise<Buffer> {
    return await this.#reader.read(number * this.blockBytes, this.blockBytes);
  }

  async #entry(name: string, number: number, inode: ExtInode): Promise<VolumeEntry> {
    const { kind, sizeBytes, mode, uid, modifiedAt } = inode;
    const target = kind === 'link' && !inode.isEncrypted ? { target: await this.#target(inode) } : {};
    return {
      name,
      handle: number,
      node: { kind, sizeBytes, mode, uid, modifiedAt, inode: number, ...target },
    };
  }

  async #target(inode: ExtInode): Promise<string> {
    const isFast =
      !inode.usesExtents && inode.inline === undefined && inode.sizeBytes <= longestFastTargetBytes;
    const bytes = isFast
      ? inode.map.subarray(0, inode.sizeBytes)
      : await this.#content(inode, longestTargetBytes);
    return printable(bytes);
  }

  /** Its beginning, with zeros where nothing was written. */
  async #content(inode: ExtInode, wantedBytes: number): Promise<Buffer> {
    const lengthBytes = Math.max(0, Math.min(inode.sizeBytes, wantedBytes, largestReadBytes));
    if (inode.inline !== undefined) return inode.inline.subarray(0, lengthBytes);
    const content = Buffer.alloc(lengthBytes);
    let filled = 0;
    for await (const range of mappedRanges(this, inode, Math.ceil(lengthBytes / this.blockBytes))) {
      const start = range.firstInFile * this.blockBytes;
      const bytes = await this.#reader.read(
        range.firstOnDisk * this.blockBytes,
        Math.min(range.blocks * this.blockBytes, lengthBytes - start),
      );
      bytes.copy(content, start);
      // Ranges that lie over each other, which no sound file has, would never come to an end.
      filled += bytes.length;
      if (filled >= lengthBytes) break;
    }
    return content;
  }

  async *#ranges(inode: ExtInode, budget: DiskBudget): AsyncGenerator<ByteRange> {
    const { blockBytes } = this;
    const readBlock = async (number: number) => {
      budget.mapSteps -= stepsOfMapBlock;
      return budget.mapSteps < 0 ? Buffer.alloc(0) : await this.readBlock(number);
    };
    const blocks = Math.ceil(inode.sizeBytes / blockBytes);
    for await (const range of mappedRanges({ blockBytes, readBlock }, inode, blocks)) {
      budget.mapSteps -= 1;
      if (budget.mapSteps < 0) return;
      const leftBytes = inode.sizeBytes - range.firstInFile * blockBytes;
      yield {
        offsetBytes: range.firstOnDisk * blockBytes,
        lengthBytes: Math.min(range.blocks * blockBytes, leftBytes),
      };
    }
  }

  async *#folderBlocks(inode: ExtInode): AsyncGenerator<Buffer> {
    if (inode.inline !== undefined) {
      // The first four bytes are the folder above; what lies behind i_block is a block of its own.
      yield inode.inline.subarray(4, 60);
      yield inode.inline.subarray(60, Math.max(60, inode.sizeBytes));
      return;
    }
    const most = Math.ceil(Math.min(inode.sizeBytes, largestFolderBytes) / this.blockBytes);
    let read = 0;
    for await (const { firstOnDisk, blocks } of mappedRanges(this, inode, most)) {
      for (let index = 0; index < blocks && read < most; index += 1, read += 1) {
        const block = await this.readBlock(firstOnDisk + index);
        if (block.length < this.blockBytes) break;
        yield block;
      }
    }
  }

  /** Undefined for a number that there is not, and for an inode that is not in use. */
  async #inode(number: number): Promise<ExtInode | undefined> {
    const offsetBytes = await this.#inodePlace(number);
    if (offsetBytes === undefined) return undefined;
    const inode = parseExtInode(await this.#reader.read(offsetBytes, this.#superblock.inodeBytes));
    return inode?.mode === 0 && inode.links === 0 && inode.kind === 'other' ? undefined : inode;
  }

  async #inodePlace(number: number): Promise<number | undefined> {
    const { inodes, inodesPerGroup, inodeBytes } = this.#superblock;
    if (number < 1 || number > inodes) return undefined;
    const table = await this.#inodeTable(Math.floor((number - 1) / inodesPerGroup));
    if (table === undefined) return undefined;
    return table * this.blockBytes + ((number - 1) % inodesPerGroup) * inodeBytes;
  }

  /** The first block of a group's table of inodes (ext4/group_descr.rst). */
  async #inodeTable(group: number): Promise<number | undefined> {
    const { descriptorBytes } = this.#superblock;
    const bytes = await this.#reader.read(descriptorPlace(this.#superblock, group), descriptorBytes);
    if (bytes.length < descriptorBytes) return undefined;
    const { inodeTable } = parseDescriptor(this.#superblock, bytes);
    return Number.isSafeInteger(inodeTable * this.blockBytes) ? inodeTable : undefined;
  }
}
