import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileTreeEntry } from '../../core/factory/file-tree.ts';
import { writeFileDurably } from '../../foundation/index.ts';
import type { BuiltImage } from './build-image.ts';

/** What is kept of an image beside its files; paths are relative to its folder. */
export type ImageManifest = Pick<BuiltImage, 'name' | 'kernelArguments' | 'packages' | 'components'> & {
  rootTree: FileTreeEntry[];
};

/** Names in the folder of an image. The tree of the initial RAM file system is kept for reports of sizes. */
export const imageFiles = {
  kernel: 'kernel',
  initramfs: 'initramfs',
  root: 'root',
  ramRoot: 'initramfs-tree',
  manifest: 'image.json',
};

/**
 * The image of these inputs: from the cache, or made in a folder of its own and renamed into place, so that two
 * builds at once do not disturb each other and an interrupted one leaves no half image.
 *
 * @param make Fills the folder and says what is in it.
 */
export async function cachedImage(
  imagesPath: string,
  hash: string,
  make: (path: string) => Promise<ImageManifest>,
): Promise<Omit<BuiltImage, 'unlocked'>> {
  const place = join(imagesPath, hash);
  if (!existsSync(join(place, imageFiles.manifest))) {
    await mkdir(imagesPath, { recursive: true });
    const temporary = await mkdtemp(join(imagesPath, 'building-'));
    try {
      const manifest = await make(temporary);
      await writeFileDurably(join(temporary, imageFiles.manifest), JSON.stringify(manifest));
      await rename(temporary, place);
    } catch (error) {
      await rm(temporary, { recursive: true, force: true });
      // Another build of the same inputs may have been quicker; its bytes are the same.
      if (!existsSync(join(place, imageFiles.manifest))) throw error;
    }
  }
  return openImage(place, hash);
}

async function openImage(path: string, hash: string): Promise<Omit<BuiltImage, 'unlocked'>> {
  const manifest: ImageManifest = JSON.parse(await readFile(join(path, imageFiles.manifest), 'utf8'));
  return {
    ...manifest,
    path,
    kernelPath: join(path, imageFiles.kernel),
    initramfsPath: join(path, imageFiles.initramfs),
    inputsHash: hash,
    rootTree: manifest.rootTree.map((entry) =>
      'sourcePath' in entry ? { ...entry, sourcePath: join(path, entry.sourcePath) } : entry,
    ),
  };
}
