import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { parseConfig, writeFileDurably } from '../../foundation/index.ts';
import { imagesErrors } from '../errors.ts';
import type { Apt } from './apt.ts';
import { type PackageRecord, packageRecordSchema } from './package-record.ts';
import type { PackageStore } from './package-store.ts';

/** What the resolver asks of the cache and the archive. */
export type PackageSource = Pick<PackageStore, 'has' | 'substitute' | 'keepSubstitute'> & {
  apt: Pick<Apt, 'versions' | 'updateProblem'>;
};

/** The packages that images are built from, pinned (design 2). */
export const lockPath = join(import.meta.dirname, '..', 'packages.lock.json');

const lockSchema = z.strictObject({ packages: z.array(packageRecordSchema) });

export interface LockOptions {
  /** A locked version that is gone is an error. */
  locked: boolean;
  /** Take the archive's candidates, whatever the lock says. */
  updateLock: boolean;
  onProgress: (message: string) => void;
}

/** Which exact package stands for a name; asks the lock, the cache and the archive, in this order. */
export class PackageResolver {
  /** Sentences on packages that are not the locked ones: `unlocked: X instead of Y`. */
  readonly unlocked: string[] = [];
  readonly #locked: ReadonlyMap<string, PackageRecord>;
  readonly #store: PackageSource;
  readonly #options: LockOptions;
  readonly #resolved = new Map<string, Promise<PackageRecord>>();

  private constructor(
    locked: ReadonlyMap<string, PackageRecord>,
    store: PackageSource,
    options: LockOptions,
  ) {
    this.#locked = locked;
    this.#store = store;
    this.#options = options;
  }

  /** @throws FOUNDATION_CONFIG_INVALID when the lock cannot be understood. */
  static async open(store: PackageSource, options: LockOptions, path = lockPath): Promise<PackageResolver> {
    return new PackageResolver(await readLock(path), store, options);
  }

  /**
   * The package of this name: the locked one when the cache or the archive has it, else the archive's candidate.
   *
   * @throws IMAGES_PACKAGE_UNAVAILABLE, and with `locked` IMAGES_PACKAGE_UNLOCKED.
   */
  resolve(name: string): Promise<PackageRecord> {
    const known = this.#resolved.get(name) ?? this.#choose(name);
    this.#resolved.set(name, known);
    return known;
  }

  /** Everything resolved so far, sorted by name: the new content of a lock. */
  async resolved(): Promise<PackageRecord[]> {
    const records = await Promise.all(this.#resolved.values());
    return records.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async #choose(name: string): Promise<PackageRecord> {
    if (this.#options.updateLock) return this.#candidate(name);
    const locked = this.#locked.get(name);
    if (locked !== undefined && (await this.#isThere(name, locked))) return locked;
    // What stood in once stands in again, so that builds stay the same and work without the network.
    const key = locked?.sha256 ?? name;
    const substitute = await this.#store.substitute(key);
    const usable = substitute !== undefined && (await this.#store.has(substitute));
    const chosen = usable ? substitute : await this.#candidate(name);
    this.#unlock(name, locked, chosen);
    if (!usable) await this.#store.keepSubstitute(key, chosen);
    return chosen;
  }

  async #isThere(name: string, locked: PackageRecord): Promise<boolean> {
    if (await this.#store.has(locked)) return true;
    const substitute = await this.#store.substitute(locked.sha256);
    if (substitute !== undefined && (await this.#store.has(substitute))) return false;
    const offered = await this.#store.apt.versions(name);
    return offered.some((one) => one.sha256 === locked.sha256);
  }

  #unlock(name: string, locked: PackageRecord | undefined, chosen: PackageRecord): void {
    const instead = locked === undefined ? 'no locked version' : `${locked.name} ${locked.version}`;
    const sentence = `unlocked: ${chosen.name} ${chosen.version} instead of ${instead}`;
    if (this.#options.locked) {
      throw imagesErrors.IMAGES_PACKAGE_UNLOCKED({ tried: `take the locked ${name}`, got: sentence });
    }
    this.unlocked.push(sentence);
    this.#options.onProgress(sentence);
  }

  async #candidate(name: string): Promise<PackageRecord> {
    const [candidate] = await this.#store.apt.versions(name);
    if (candidate === undefined) {
      throw imagesErrors.IMAGES_PACKAGE_UNAVAILABLE({
        tried: `find ${name} in the archive`,
        got: this.#store.apt.updateProblem || 'the index does not have it',
      });
    }
    const { version, architecture, sha256, sizeBytes } = candidate;
    return { name, version, architecture, sha256, sizeBytes };
  }
}

/** Writes the lock, sorted, so that a renewed one shows as a small difference. */
export async function writeLock(packages: readonly PackageRecord[], path = lockPath): Promise<void> {
  const sorted = [...packages].sort((a, b) => (a.name < b.name ? -1 : 1));
  await writeFileDurably(path, `${JSON.stringify({ packages: sorted }, null, 2)}\n`);
}

async function readLock(path: string): Promise<ReadonlyMap<string, PackageRecord>> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{"packages":[]}';
    throw error;
  });
  const lock = parseConfig(lockSchema, JSON.parse(text), `lock of packages ${path}`);
  return new Map(lock.packages.map((record) => [record.name, record]));
}
