import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { unreadable } from './debugfs.ts';
import { largestTakenBytes, runDiskTool } from './disk-tool.ts';
import { witnessErrors } from './errors.ts';
import { fatClusterPlaces } from './fat-clusters.ts';
import { hashFile } from './hash-file.ts';
import type { ScratchFolder } from './scratch-folder.ts';
import type { FileReader, FolderEntry, TreeEntry } from './tree-entry.ts';

/**
 * Reads the files of a FAT file system through mtools: everything is copied out once, hidden and system files, too.
 * Names are compared as FAT does, without regard to upper and lower case.
 *
 * @param image A copy of the partition: mtools open what they read for writing as well.
 */
export function fatFiles(image: string, scratch: ScratchFolder, signal?: AbortSignal): FileReader {
  let copied: Promise<string> | undefined;
  const files = () => {
    copied ??= copyOut(image, scratch, signal);
    return copied;
  };
  const fileAt = async (path: string) => {
    const place = await resolve(await files(), path, image);
    const { kind } = await describe(place, '');
    if (kind === 'file') return place;
    throw otherKind(path, image, 'a file', kind);
  };
  return {
    async list(path) {
      const place = await resolve(await files(), path, image);
      const { kind } = await describe(place, '');
      if (kind !== 'folder') throw otherKind(path, image, 'a folder', kind);
      const names = (await readdir(place)).sort();
      return Promise.all(names.map((name) => describe(join(place, name), name)));
    },
    read: async (path) => readFile(await fileAt(path)),
    async tree() {
      const top = await files();
      const paths = ['/', ...(await readdir(top, { recursive: true })).map((path) => `/${path}`)].sort();
      return Promise.all(paths.map((path) => describeInTree(top, path)));
    },
    async locate(path) {
      const { size } = await stat(await fileAt(path));
      return size === 0 ? [] : fatClusterPlaces(image, path, size, signal);
    },
  };
}

async function copyOut(image: string, scratch: ScratchFolder, signal?: AbortSignal): Promise<string> {
  const folder = await scratch.newPath('fat');
  await mkdir(folder);
  const words = ['-s', '-n', '-i', image, '::/', folder];
  const options = { signal, largestFileBytes: largestTakenBytes };
  await runDiskTool(image, 'mcopy', words, options).catch((error) => {
    throw error.code === 'FOUNDATION_TOOL_FAILED' ? unreadable(image, error) : error;
  });
  return folder;
}

async function resolve(top: string, path: string, where: string): Promise<string> {
  let place = top;
  for (const name of path.split('/').filter((part) => part !== '')) {
    const names = await readdir(place).catch(() => []);
    const found = names.find((known) => known.toLowerCase() === name.toLowerCase());
    if (found === undefined) {
      const got = `only ${names.join(', ') || 'nothing'} where ${name} should be`;
      throw witnessErrors.WITNESS_PATH_MISSING({ tried: `find ${path}`, where, got });
    }
    place = join(place, found);
  }
  return place;
}

async function describeInTree(top: string, path: string): Promise<TreeEntry> {
  const place = join(top, path);
  const entry = await describe(place, path.slice(path.lastIndexOf('/') + 1) || '/');
  return { ...entry, path, ...(entry.kind === 'file' ? { sha256: await hashFile(place) } : {}) };
}

async function describe(place: string, name: string): Promise<FolderEntry> {
  const facts = await stat(place);
  return {
    name,
    kind: facts.isDirectory() ? 'folder' : 'file',
    ...{ mode: null, uid: null, gid: null },
    sizeBytes: facts.isDirectory() ? null : facts.size,
  };
}

function otherKind(path: string, where: string, expected: string, got: string): Error {
  return witnessErrors.WITNESS_PATH_OF_OTHER_KIND({ tried: `look at ${path}`, where, expected, got });
}
