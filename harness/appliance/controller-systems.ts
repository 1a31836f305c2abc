import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { readLayout } from '../../core/factory/index.ts';
import { type BuildOptions, type Recipe, readRecipe } from '../../images/index.ts';
import type { DiskController } from '../../vm/index.ts';
import { drillsErrors } from '../drills/errors.ts';
import { keptFolder } from './kept-disks.ts';

/** What the systems of an appliance need to start from disks on a controller. */
interface ControllerNeeds {
  driver: string;
  /** Debian's kernel for virtual machines leaves some drivers out. */
  isInCloudKernel: boolean;
  /** The path under /sys of the n-th disk, from 0, as an emulated machine has it. */
  place: (disk: number) => string;
}

/** A port of a layout names one place on the root bus or on SATA; behind SCSI and USB there would be several. */
const needs: Partial<Record<DiskController, ControllerNeeds>> = {
  virtio: { driver: 'driver-virtio-block', isInCloudKernel: true, place: pciPlace },
  nvme: { driver: 'driver-nvme', isInCloudKernel: true, place: pciPlace },
  ahci: {
    driver: 'driver-ahci',
    isInCloudKernel: false,
    place: (disk) => `/pci0000:00/0000:00:1f.2/ata${disk + 1}/host${disk}/`,
  },
};

function pciPlace(disk: number): string {
  return `/pci0000:00/0000:00:1${disk}.0/`;
}

/**
 * That the disks of a layout are found on this controller: each has a port there.
 *
 * @throws DRILLS_NOT_APPLICABLE
 */
export async function assertPlaces(layoutPath: string, controller: DiskController): Promise<void> {
  const { place } = needsOf(controller);
  const { name, disks } = await readLayout(layoutPath);
  for (const [index, { role, ports }] of disks.entries()) {
    if (ports.some((port) => place(index).includes(port))) continue;
    throw drillsErrors.DRILLS_NOT_APPLICABLE({
      tried: `put the ${role} disk of layout ${name} on ${controller}`,
      expected: `a port that is part of ${place(index)}`,
      got: ports.join(', '),
    });
  }
}

/**
 * The systems of an appliance with what they need to start from disks on a controller: its driver in both trees, and Debian's
 * whole kernel in place of the one for virtual machines where that lacks the driver. Those of virtio are as they are.
 *
 * @throws DRILLS_NOT_APPLICABLE for a controller that no appliance starts from, and what `readRecipe` throws.
 */
export async function systemsOn(
  controller: DiskController | undefined,
  systems: BuildOptions,
): Promise<BuildOptions> {
  if (controller === undefined || controller === 'virtio') return systems;
  const { driver, isInCloudKernel } = needsOf(controller);
  const names = ['primary', 'emergency'];
  const recipes = await Promise.all(names.map((name) => readRecipe(name, systems.recipesFolder)));
  const texts = recipes.map((recipe) => stringify(withDriver(recipe, driver, isInCloudKernel)));
  const key = createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 32);
  const recipesFolder = await keptFolder('recipes', `${controller}-${key}`, async (folder) => {
    for (const [index, name] of names.entries()) await writeFile(join(folder, `${name}.yaml`), texts[index]!);
  });
  return { ...systems, recipesFolder };
}

function needsOf(controller: DiskController): ControllerNeeds {
  const found = needs[controller];
  if (found !== undefined) return found;
  throw drillsErrors.DRILLS_NOT_APPLICABLE({
    tried: `start an appliance from disks on ${controller}`,
    expected: Object.keys(needs).join(', '),
    got: `${controller}, where no port of a layout is a single disk`,
  });
}

function withDriver(recipe: Recipe, driver: string, isInCloudKernel: boolean): Recipe {
  const add = (components: readonly string[]) => [...new Set([...components, driver])];
  const needsWholeKernel = recipe.kernel === 'kernel-cloud' && !isInCloudKernel;
  return {
    ...recipe,
    ...(needsWholeKernel && { kernel: 'kernel-generic' }),
    initramfs: add(recipe.initramfs),
    root: recipe.root.length === 0 ? [] : add(recipe.root),
  };
}
