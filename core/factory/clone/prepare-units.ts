import { realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorMessage, formatSize } from '../../../foundation/index.ts';
import { coreErrors } from '../../errors.ts';
import { type CheckedTarget, checkTarget, type SeenTargets } from './check-targets.ts';
import { manifestPathIn } from './clone-manifest.ts';
import type { CloneTarget } from './clone-target.ts';
import type { OpenMaster, Unit } from './clone-units.ts';
import { DeviceTarget } from './device-target.ts';
import { FileTarget } from './file-target.ts';
import { assertSpace, type SpaceNeed } from './free-space.ts';
import type { MasterDisk } from './master-disk.ts';
import type { PlannedUnit } from './plan-clones.ts';

export interface PrepareOptions {
  overwrite?: boolean;
  outFolder?: string;
  onNotice?: (sentence: string) => void;
}

/**
 * Checks every target, opens the devices exclusively, and makes sure that there is room; nothing has been written
 * when it returns, or throws.
 *
 * @throws see `checkTarget`; FOUNDATION_DISK_FULL
 */
export async function prepareUnits(
  plan: readonly PlannedUnit[],
  masters: readonly OpenMaster[],
  { overwrite = false, outFolder, onNotice }: PrepareOptions,
  resources: AsyncDisposableStack,
): Promise<Unit[]> {
  if (outFolder !== undefined && !overwrite) await refuseOldManifest(manifestPathIn(outFolder));
  const seen: SeenTargets = new Set();
  const needs: SpaceNeed[] = [];
  const checked: CheckedTarget[][] = [];
  for (const { paths, folder } of plan) {
    const targets: CheckedTarget[] = [];
    for (const [index, path] of paths.entries()) {
      const { disk } = masters[index]!;
      const target = await checkTarget(path, disk, { overwrite, seen });
      if (target.kind === 'file') needs.push(await spaceNeed(folder ?? target.path, disk));
      if (target.surplusBytes > 0) onNotice?.(surplusNotice(target));
      targets.push(target);
    }
    checked.push(targets);
  }
  await assertSpace(needs);
  const units: Unit[] = [];
  for (const [index, targets] of checked.entries()) {
    const disks: Unit['disks'] = [];
    for (const { path, kind, surplusBytes } of targets) {
      const target: CloneTarget =
        kind === 'file'
          ? new FileTarget(path, { overwrite })
          : resources.adopt(await DeviceTarget.open(path), closed);
      disks.push({ target, surplusBytes });
    }
    const { name, folder } = plan[index]!;
    units.push({ name, folder, disks });
  }
  return units;
}

/** @param place A file, or a folder for several, that may not be there yet; what it lies in must be. */
async function spaceNeed(place: string, { path, allocatedBytes, isDevice }: MasterDisk): Promise<SpaceNeed> {
  const folder = await realpath(dirname(place)).catch((error) => {
    const facts = { tried: 'take a target for a clone', where: place, got: errorMessage(error) };
    throw coreErrors.CORE_CLONE_TARGETS_INVALID(facts, error);
  });
  return { folder, bytes: allocatedBytes, from: isDevice ? undefined : path };
}

async function refuseOldManifest(path: string): Promise<void> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  if (!isThere) return;
  throw coreErrors.CORE_CLONE_TARGET_EXISTS({
    tried: 'make clones',
    where: path,
    got: 'the folder holds the clones of another time',
  });
}

function surplusNotice({ path, surplusBytes }: CheckedTarget): string {
  return `${path} is larger than the master; its last ${formatSize(surplusBytes)} stay as they are`;
}

async function closed(target: CloneTarget): Promise<void> {
  await target.close();
}
