import type { RecognisedFileSystem } from '../file-systems/index.ts';
import type { ImageSource } from '../image-source.ts';
import { readExtMap } from './ext-used-blocks.ts';
import { readFatMap } from './fat-cluster-map.ts';

/** Which blocks of a file system belong to something. */
export interface BlockMap {
  fileSystem: 'ext' | 'fat';
  /** The unit in which it is given away. */
  blockBytes: number;
  /**
   * Whether a place, from the beginning of the partition, is free; the rest of the partition behind the file system is.
   * Undefined where the map cannot be read or makes no sense.
   */
  isFree(offsetBytes: number): Promise<boolean | undefined>;
}

/**
 * How the file system of a partition has given its blocks away, by its own bitmaps (ext2/3/4) or table (FAT12/16/32).
 * Undefined for other file systems, and for those whose facts make no sense. Only what is asked for is read.
 */
export async function blockMapOf(
  source: ImageSource,
  { partition, type }: Pick<RecognisedFileSystem, 'partition' | 'type'>,
): Promise<BlockMap | undefined> {
  if (type.startsWith('ext')) return await readExtMap(source, partition);
  return type.startsWith('fat') ? await readFatMap(source, partition) : undefined;
}
