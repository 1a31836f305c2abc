import { defaultCachePath } from '../../foundation/index.ts';
import { lockPath as ownLockPath, PackageResolver, writeLock } from '../packages/package-lock.ts';
import type { PackageRecord } from '../packages/package-record.ts';
import { PackageStore } from '../packages/package-store.ts';
import { readCatalogue } from '../selection/catalogue.ts';
import type { BuildOptions } from './build-image.ts';
import { resolveKernel } from './image-inputs.ts';

/**
 * Renews the lock: the archive's candidates of all packages of the catalogue (design 2, `assay build
 * --update-lock`). Nothing but this writes the lock.
 *
 * @returns What the lock has now.
 * @throws IMAGES_PACKAGE_UNAVAILABLE.
 */
export async function updateLock(options: BuildOptions = {}): Promise<PackageRecord[]> {
  const { cachePath = defaultCachePath(), onProgress = () => {}, lockPath = ownLockPath } = options;
  const store = new PackageStore(cachePath);
  const resolver = await PackageResolver.open(
    store,
    { locked: false, updateLock: true, onProgress },
    lockPath,
  );
  for (const component of (await readCatalogue(options.extraComponentsFolder)).values()) {
    for (const name of component.packages) await resolver.resolve(name);
    if (component.kernel !== undefined) await resolveKernel(component, resolver, store, onProgress);
  }
  const packages = await resolver.resolved();
  await writeLock(packages, lockPath);
  return packages;
}
