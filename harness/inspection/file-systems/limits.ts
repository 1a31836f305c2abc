import { usualSandboxLimits } from '../../../foundation/index.ts';

/** How far a tool may go that reads somebody else's disk. */
export interface ToolLimits {
  /** Address space. */
  memoryBytes: number;
  processorSeconds: number;
  wallClockMs: number;
  /** Of standard output, and the same of standard error. */
  outputBytes: number;
  /** Ends it at once. */
  signal?: AbortSignal;
}

export const usualToolLimits: ToolLimits = {
  memoryBytes: usualSandboxLimits.memoryBytes,
  processorSeconds: usualSandboxLimits.processorSeconds,
  wallClockMs: 900_000,
  outputBytes: 8 * 1024 ** 2,
};

/** Tools of all file systems of a disk together; a disk of a hundred hostile partitions would keep them busy for a day. */
export const allToolsMs = 45 * 60_000;

/** What is left over for one when that is used up: enough to say that it was not. */
export const leastToolMs = 5_000;

/** Copies of partitions, for tools that know no offset, have at most so many bytes of data, all of a disk together; holes do not count. */
export const largestCopyBytes = 4 * 1024 ** 3;

/** How much of one file system is looked at. All trees of a disk are in memory at once: give each what those before it left. */
export interface TreeLimits {
  /** Entries of all folders together. */
  entries: number;
  /** Folders in folders. */
  depth: number;
}

/** A Debian with a desktop has about 300,000 entries, each of which takes some 400 bytes; folders are rarely more than 20 deep. */
export const usualTreeLimits: TreeLimits = { entries: 400_000, depth: 128 };

/** Paths of all trees of a disk, with the targets of links; 400,000 entries of a Debian have a third of it. */
export const mostPathCharacters = 64 * 1024 ** 2;

/** Entries with longer paths are left out, as the kernel could not name them either (PATH_MAX). */
export const longestPath = 4096;

/** The entries of one folder take at most so many bytes of it; the rest is not read. */
export const largestFolderBytes = 64 * 1024 ** 2;

/** The list of everything in a squashfs; 400,000 entries have half of it. */
export const largestListingBytes = 64 * 1024 ** 2;

/** All folders of a file system together, with the inodes of what is in them; half a million entries take a tenth of it. */
export const largestWalkBytes = 2 * 1024 ** 3;

/** Blocks that only say where others lie (extent trees, indirect blocks), of one file: for 16 GiB in single blocks. */
export const largestMapBytes = 16 * 1024 ** 2;

/** Damages of one folder, and of one file system; more of them say no more. */
export const mostDamages = 100;

/** No more than this is read of one file, whatever is asked for. */
export const largestReadBytes = 64 * 1024 ** 2;

/** Steps through what says where files lie, all file systems of a disk together: extents, clusters, pointers to blocks (of ext3, 16 GiB of data). */
export const mostMapSteps = 4_000_000;

/** So many of them is a block that has to be read for it. */
export const stepsOfMapBlock = 64;
