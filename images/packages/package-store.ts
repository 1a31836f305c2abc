import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { runTool, writeFileDurably } from '../../foundation/index.ts';
import { imagesErrors } from '../errors.ts';
import { Apt } from './apt.ts';
import { type PackageRecord, packageRecordSchema } from './package-record.ts';

/**
 * Debian packages in the cache: downloaded when not there, verified always, unpacked once. A file is named by
 * its hash, so that a cache serves every lock.
 */
export class PackageStore {
  readonly apt: Apt;
  readonly #folder: string;

  constructor(cachePath: string, apt = new Apt(join(cachePath, 'apt'))) {
    this.#folder = join(cachePath, 'packages');
    this.apt = apt;
  }

  /**
   * The unpacked tree of a package.
   *
   * @throws IMAGES_PACKAGE_UNAVAILABLE, IMAGES_PACKAGE_DAMAGED when what was downloaded has another hash.
   */
  async unpacked(record: PackageRecord, onProgress: (message: string) => void): Promise<string> {
    const place = join(this.#folder, 'unpacked', record.sha256);
    if (await exists(place)) return place;
    const packagePath = await this.#packageFile(record, onProgress);
    onProgress(`unpacking ${record.name} ${record.version}`);
    await this.#makeInPlace(place, (path) => runTool('dpkg-deb', ['-x', packagePath, path]));
    return place;
  }

  /** True when the package can be had without the network. */
  async has(record: PackageRecord): Promise<boolean> {
    return (await exists(this.#packagePath(record))) || exists(join(this.#folder, 'unpacked', record.sha256));
  }

  /** The `Depends` field of a package in the cache. */
  async depends(record: PackageRecord, onProgress: (message: string) => void): Promise<string> {
    const packagePath = await this.#packageFile(record, onProgress);
    return (await runTool('dpkg-deb', ['-f', packagePath, 'Depends'])).stdout.trim();
  }

  /**
   * What was taken at an earlier build in place of a locked version that is gone (design 2).
   *
   * @param key The hash of the locked version, or the name of a package that the lock does not have.
   */
  async substitute(key: string): Promise<PackageRecord | undefined> {
    try {
      const text = await readFile(join(this.#folder, 'substitutes', `${key}.json`), 'utf8');
      return packageRecordSchema.parse(JSON.parse(text));
    } catch {
      return undefined;
    }
  }

  async keepSubstitute(key: string, record: PackageRecord): Promise<void> {
    const path = join(this.#folder, 'substitutes', `${key}.json`);
    await writeFileDurably(path, JSON.stringify(record));
  }

  async #packageFile(record: PackageRecord, onProgress: (message: string) => void): Promise<string> {
    const path = this.#packagePath(record);
    if (await exists(path)) {
      if ((await fileSha256(path)) === record.sha256) return path;
      await rename(path, `${path}.damaged`);
    }
    onProgress(`downloading ${record.name} ${record.version}`);
    await mkdir(this.#folder, { recursive: true });
    const downloads = await mkdtemp(join(this.#folder, 'download-'));
    try {
      const downloaded = await this.apt.download(record, downloads);
      const sha256 = await fileSha256(downloaded);
      if (sha256 !== record.sha256) {
        throw imagesErrors.IMAGES_PACKAGE_DAMAGED({
          tried: `download ${record.name} ${record.version}`,
          expected: record.sha256,
          got: sha256,
        });
      }
      await rename(downloaded, path);
    } finally {
      await rm(downloads, { recursive: true, force: true });
    }
    return path;
  }

  #packagePath(record: PackageRecord): string {
    return join(this.#folder, `${record.sha256}.deb`);
  }

  async #makeInPlace(place: string, fill: (path: string) => Promise<unknown>): Promise<void> {
    await mkdir(join(place, '..'), { recursive: true });
    const temporary = await mkdtemp(`${place}.`);
    try {
      await fill(temporary);
      await rename(temporary, place);
    } catch (error) {
      await rm(temporary, { recursive: true, force: true });
      // Another build may have been quicker; what it put there is the same.
      if (!(await exists(place))) throw error;
    }
  }
}

/** SHA-256 of a file in hexadecimal. */
export async function fileSha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
