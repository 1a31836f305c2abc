import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { askDebugfs, quotePath, runDebugfs } from './debugfs.ts';
import { witnessErrors } from './errors.ts';
import { parseFolder } from './ext4-folder.ts';
import { parseInode } from './ext4-inode.ts';
import { readExt4Tree } from './ext4-tree.ts';
import type { ScratchFolder } from './scratch-folder.ts';
import type { FileReader, FolderEntry } from './tree-entry.ts';

/**
 * Reads the files of an ext4 file system through debugfs.
 *
 * @param image A path, or `path?offset=bytes`.
 */
export function ext4Files(image: string, scratch: ScratchFolder, signal?: AbortSignal): FileReader {
  const inodeOf = async (path: string) => {
    const { answers, complaints } = await runDebugfs(image, [`stat ${quotePath(path)}`], signal);
    if (complaints === '') return parseInode(answers[0]!);
    throw witnessErrors.WITNESS_PATH_MISSING({ tried: `find ${path}`, where: image, got: complaints });
  };
  const fileAt = async (path: string) => {
    const inode = await inodeOf(path);
    if (inode.type === 'regular') return inode;
    throw otherKind(path, image, 'a file', inode.type);
  };
  return {
    async list(path): Promise<FolderEntry[]> {
      const { type, number } = await inodeOf(path);
      if (type !== 'directory') throw otherKind(path, image, 'a folder', type);
      const [answer = ''] = await askDebugfs(image, [`ls -l -p <${number}>`], signal);
      return parseFolder(answer)
        .map(({ inode: _, ...entry }) => entry)
        .sort((one, other) => (one.name < other.name ? -1 : 1));
    },
    async read(path) {
      const { number } = await fileAt(path);
      return scratch.within(async (folder) => {
        const copy = join(folder, 'file');
        await askDebugfs(image, [`dump <${number}> "${copy}"`], signal);
        return readFile(copy);
      });
    },
    tree: () => scratch.within((folder) => readExt4Tree(image, folder, signal)),
    async locate(path) {
      const { number } = await fileAt(path);
      const [inode = '', facts = ''] = await askDebugfs(image, [`stat <${number}>`, 'stats -h'], signal);
      const blockBytes = Number(/^Block size: +(\d+)$/m.exec(facts)![1]);
      const { sizeBytes, extents } = parseInode(inode);
      return extents.map(({ firstInFile, firstOnDisk, count }) => ({
        offsetBytes: firstOnDisk * blockBytes,
        // What lies in the last block behind the end of the file is not the file's.
        lengthBytes: Math.min(count * blockBytes, sizeBytes - firstInFile * blockBytes),
      }));
    },
  };
}

function otherKind(path: string, where: string, expected: string, got: string): Error {
  return witnessErrors.WITNESS_PATH_OF_OTHER_KIND({ tried: `look at ${path}`, where, expected, got });
}
