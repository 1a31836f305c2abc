import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FileTreeEntry } from '../../core/factory/file-tree.ts';
import { runTool } from '../../foundation/index.ts';
import type { BuiltImage } from '../build/build-image.ts';

/** Raised when the same root file system is made in another way. */
const formatVersion = 1;

/**
 * `small` for media: half a second slower to read than level 15 in a machine, a tenth smaller. `quick` for partitions,
 * which have room: 4 seconds instead of 20, a tenth larger.
 */
const levels = { small: '19', quick: '10' } as const;

/**
 * The root file system of an image as one compressed, read-only file, from the cache or made now: times are zero, owners
 * are root, so that the same image gives the same bytes. Device nodes need no root here.
 *
 * @param cachePath The folder of caches; the file lies in `media/` there.
 * @param effort Whether the result shall be small or soon there.
 * @returns the file's path.
 */
export async function rootSquashfs(
  image: BuiltImage,
  cachePath: string,
  onProgress: (message: string) => void,
  effort: keyof typeof levels = 'small',
): Promise<string> {
  const compression = ['-comp', 'zstd', '-Xcompression-level', levels[effort], '-b', '256K'];
  const { stdout } = await runTool('mksquashfs', ['-version'], { acceptExitCodes: [0, 1] });
  const inputs = [formatVersion, image.inputsHash, compression, stdout.split('\n')[0]];
  const key = createHash('sha256').update(JSON.stringify(inputs)).digest('hex');
  const folder = join(cachePath, 'media');
  const path = join(folder, `${key}.squashfs`);
  if (existsSync(path)) return path;
  // Several scenarios want a medium at the same time, and both cores are busy with one.
  const begun = underWay.get(path);
  if (begun !== undefined) return await begun;
  onProgress(`compressing the root file system of ${image.name}`);
  const made = compress(image, path, compression).finally(() => underWay.delete(path));
  underWay.set(path, made);
  return await made;
}

/** By the file that is being made. */
const underWay = new Map<string, Promise<string>>();

async function compress(image: BuiltImage, path: string, compression: readonly string[]): Promise<string> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const temporaryFolder = await mkdtemp(join(folder, 'making-'));
  try {
    const temporaryPath = join(temporaryFolder, 'root.squashfs');
    const pseudoPath = join(temporaryFolder, 'pseudo');
    const definitions = image.rootTree.map(async (entry, index) => {
      if (!(entry.kind === 'file' && 'content' in entry)) return pseudoDefinition(entry);
      const contentPath = join(temporaryFolder, `content-${index}`);
      await writeFile(contentPath, entry.content);
      return madeFile(entry, contentPath);
    });
    await writeFile(pseudoPath, `${(await Promise.all(definitions)).join('\n')}\n`);
    const words = [
      ...[join(image.path, 'root'), temporaryPath, '-pf', pseudoPath, '-noappend', '-quiet', '-no-progress'],
      ...['-all-root', '-root-mode', '755', '-no-xattrs', '-no-exports'],
      ...compression,
    ];
    // Not by options: mksquashfs refuses them where whoever runs Assay has this variable set.
    await runTool('mksquashfs', words, { env: { SOURCE_DATE_EPOCH: '0' } });
    await rename(temporaryPath, path);
  } finally {
    await rm(temporaryFolder, { recursive: true, force: true });
  }
  return path;
}

/** A file that the folder of the image does not have: mksquashfs takes it from a command's output. */
function madeFile({ path, mode }: FileTreeEntry, contentPath: string): string {
  return `${quoted(path)} f ${mode.toString(8)} 0 0 cat '${contentPath.replaceAll("'", `'\\''`)}'`;
}

/**
 * What mksquashfs is told of an entry: files are in the folder and only get their mode, everything else is made
 * (mksquashfs(1), "Pseudo file definition format").
 */
function pseudoDefinition(entry: FileTreeEntry): string {
  const name = quoted(entry.path);
  const mode = entry.mode.toString(8);
  switch (entry.kind) {
    case 'file':
      return `${name} m ${mode} 0 0`;
    case 'directory':
      return `${name} d ${mode} 0 0`;
    case 'symlink':
      return `${name} s ${mode} 0 0 ${entry.target}`;
    case 'device':
      return `${name} ${entry.deviceType[0]} ${mode} 0 0 ${entry.major} ${entry.minor}`;
  }
}

function quoted(path: string): string {
  return /[\s"\\]/.test(path) ? `"${path.replace(/(["\\])/g, '\\$1')}"` : path;
}
