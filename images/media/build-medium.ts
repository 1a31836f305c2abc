import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { defaultCachePath, syncFolder } from '../../foundation/index.ts';
import { type BuildOptions, type BuiltImage, buildImage } from '../build/build-image.ts';
import { imagesErrors } from '../errors.ts';
import { fileSha256 } from '../packages/package-store.ts';
import { checkMediumScript } from './check-medium-script.ts';
import { writeIso } from './iso-image.ts';
import { isolinuxConfiguration, type MediumMode } from './medium-loader.ts';
import { rootSquashfs } from './root-squashfs.ts';

export interface MediumOptions extends BuildOptions {
  /** The ISO image that is made; what lies there is replaced, once the new one is whole. */
  outPath: string;
  /** A folder whose content the medium gets as `/assay`: scripts, drivers, images, `medium.yaml`. */
  filesFolder?: string | undefined;
  /** More files, by their names below `/assay`; they win over those of the folder. */
  moreFiles?: ReadonlyMap<string, string> | undefined;
  /** The script that runs by itself: `/assay/script.yaml` on the medium. */
  scriptPath?: string | undefined;
  /** `reduced` without it. */
  mode?: MediumMode;
  /** After how many seconds the session is ended by a forced restart (spec R9); a day without it. */
  limitSeconds?: number | undefined;
  /** The shell at the prompt, `/bin/sh` without it (spec R4). */
  shell?: string | undefined;
}

export interface BuiltMedium {
  path: string;
  /** The first half of the SHA-256 over everything that the medium holds. */
  mediumId: string;
  sizeBytes: number;
  sha256: string;
  /** By part: `kernel`, `initramfs`, `root` (compressed), `files` of the user's. */
  parts: Record<'kernel' | 'initramfs' | 'root' | 'files', number>;
  image: BuiltImage;
}

/** The largest session limit that a kernel argument can carry: 31 days. */
const longestLimitSeconds = 31 * 86_400;

/**
 * Builds the recovery medium (spec B1, R3): a CD image that starts by itself (El Torito), with the reduced operating
 * system of the recipe `recovery-medium`, which runs from the medium and never writes to it. The same inputs give the
 * same bytes.
 *
 * @throws IMAGES_MEDIUM_INVALID for options that cannot be, SCRIPT_INVALID for a script with a mistake, and the errors of
 * {@link buildImage}; what lay at `outPath` is then as it was.
 */
export async function buildMedium(options: MediumOptions): Promise<BuiltMedium> {
  const { cachePath = defaultCachePath(), onProgress = () => {}, mode = 'reduced' } = options;
  const { limitSeconds = 86_400, shell = '/bin/sh' } = options;
  checkOptions(limitSeconds, shell);
  const files = await mediumFiles(options);
  await checkMediumScript(files);
  const image = await buildImage('recovery-medium', options);
  const root = await rootSquashfs(image, cachePath, onProgress);
  const system = { kernel: image.kernelPath, initramfs: image.initramfsPath, root };
  const mediumId = await contentId([...Object.entries(system), ...files]);
  const outPath = resolve(options.outPath);
  await mkdir(dirname(outPath), { recursive: true });
  const temporaryFolder = await mkdtemp(join(dirname(outPath), `.${basename(outPath)}-`));
  try {
    const loader = { mediumId, kernelArguments: image.kernelArguments, mode, limitSeconds, shell };
    await writeFile(join(temporaryFolder, 'isolinux.cfg'), isolinuxConfiguration(loader));
    await writeFile(join(temporaryFolder, 'id'), `${mediumId}\n`);
    const content = new Map([
      ['/isolinux/ldlinux.c32', inImage(image, '/usr/lib/syslinux/modules/bios/ldlinux.c32')],
      ['/isolinux/isolinux.cfg', join(temporaryFolder, 'isolinux.cfg')],
      ['/live/id', join(temporaryFolder, 'id')],
      ['/live/kernel', system.kernel],
      ['/live/initramfs', system.initramfs],
      ['/live/root.squashfs', system.root],
      ...files.map(([name, path]) => [`/assay/${name}`, path] as const),
    ]);
    const path = join(temporaryFolder, 'medium.iso');
    onProgress(`writing ${outPath}`);
    await writeIso({
      ...{ content, path, loaderPath: inImage(image, '/usr/lib/ISOLINUX/isolinux.bin') },
      diskBootCodePath: inImage(image, '/usr/lib/ISOLINUX/isohdpfx.bin'),
    });
    await moveDurably(path, outPath);
  } finally {
    await rm(temporaryFolder, { recursive: true, force: true });
  }
  return {
    ...{ path: outPath, mediumId, image, sha256: await fileSha256(outPath) },
    sizeBytes: (await stat(outPath)).size,
    parts: {
      kernel: await sizeOf([system.kernel]),
      initramfs: await sizeOf([system.initramfs]),
      root: await sizeOf([system.root]),
      files: await sizeOf(files.map(([, path]) => path)),
    },
  };
}

function checkOptions(limitSeconds: number, shell: string): void {
  const tried = 'build a recovery medium';
  if (!Number.isInteger(limitSeconds) || limitSeconds < 60 || limitSeconds > longestLimitSeconds) {
    throw imagesErrors.IMAGES_MEDIUM_INVALID({
      ...{ tried, where: 'the limit of its session', got: `${limitSeconds} s` },
      expected: `60 to ${longestLimitSeconds} whole seconds`,
    });
  }
  if (!/^\/[\w./-]+$/.test(shell)) {
    throw imagesErrors.IMAGES_MEDIUM_INVALID({
      ...{ tried, where: 'the shell at its prompt', got: shell },
      expected: 'an absolute path, without spaces',
    });
  }
}

/**
 * Names below `/assay` to files of the host, sorted; the script by itself wins over one in the folder.
 *
 * @throws IMAGES_MEDIUM_INVALID for what cannot be read.
 */
export async function mediumFiles({
  filesFolder,
  moreFiles = new Map(),
  scriptPath,
}: Pick<MediumOptions, 'filesFolder' | 'moreFiles' | 'scriptPath'>): Promise<[string, string][]> {
  const files = new Map<string, string>();
  if (filesFolder !== undefined) {
    const entries = await readdir(filesFolder, { recursive: true, withFileTypes: true }).catch((error) => {
      throw unreadable(filesFolder, error);
    });
    for (const entry of entries) {
      const path = join(entry.parentPath, entry.name);
      // A link that leads nowhere, for one.
      const stats = await stat(path).catch((error) => {
        throw unreadable(path, error);
      });
      if (stats.isFile()) files.set(relative(filesFolder, path), path);
    }
  }
  for (const [name, path] of moreFiles) files.set(name, path);
  if (scriptPath !== undefined) {
    await stat(scriptPath).catch((error) => {
      throw unreadable(scriptPath, error);
    });
    files.set('script.yaml', scriptPath);
  }
  return [...files].sort(([a], [b]) => (a < b ? -1 : 1));
}

function unreadable(where: string, error: unknown): Error {
  return imagesErrors.IMAGES_MEDIUM_INVALID({
    ...{ tried: 'read what the medium is to hold', where, expected: 'a file or folder that can be read' },
    got: String(error),
  });
}

/** The file of the host that an image's root tree has at this place. */
function inImage(image: BuiltImage, path: string): string {
  const entry = image.rootTree.find((one) => one.path === path);
  if (entry !== undefined && 'sourcePath' in entry) return entry.sourcePath;
  throw imagesErrors.IMAGES_FILE_MISSING({ tried: `find ${path} in ${image.name}`, where: image.path });
}

async function contentId(files: readonly (readonly [string, string])[]): Promise<string> {
  const hash = createHash('sha256');
  for (const [name, path] of files) hash.update(`${name}\0${await fileSha256(path)}\n`);
  return hash.digest('hex').slice(0, 32);
}

async function sizeOf(paths: readonly string[]): Promise<number> {
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function moveDurably(from: string, to: string): Promise<void> {
  const file = await open(from, 'r');
  await file.sync();
  await file.close();
  await rename(from, to);
  await syncFolder(dirname(to));
}
