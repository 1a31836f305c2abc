import { readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Bench } from '../bench.ts';
import { type InspectedDisk, inspectDisk, readLayoutText } from '../witness/index.ts';
import { type Appliance, createAppliance, type UnitOptions } from './appliance.ts';
import { becomesWell } from './becomes-well.ts';
import { buildReferenceTemplate, referenceSystems } from './build-template.ts';
import { cloneFor } from './clone-for.ts';
import { assertPlaces, systemsOn } from './controller-systems.ts';
import { inputsKey } from './inputs-key.ts';
import { copyDisks, type DiskSet, diskSetIn, keptDisks } from './kept-disks.ts';
import { type layoutNames, layoutPathOf, type Profile, readProfile, referenceHardware } from './profile.ts';
import { unitComesBack } from './unit-comes-back.ts';
import { unitExploration } from './unit-exploration.ts';

/** The layouts of the reference appliance, by name (`images/layouts/`). */
export type LayoutName = (typeof layoutNames)[number];

/** The stages of pre-install in order, as the specification lists them (M5, then M6). */
export const preInstallStages = [
  'temporary-sid',
  'applications',
  'wipe-setup',
  'network-off',
  'pre-install-off',
  'reset-sid',
  'boot-emergency',
  'general-sid',
  'restore-boot',
  'back-up',
  'master',
] as const;

/**
 * A factory for one layout: where templates are built, masters manufactured and clones made (spec M1 to M7).
 *
 * @param layout One of Assay's layouts by name; by default what `assay.yaml` of the current folder says, and without
 * that file `headless`. What else the factory needs (operating systems, licence keys, hardware) is that file's.
 * @throws FOUNDATION_CONFIG_INVALID, IMAGES_TEXT_INVALID when `assay.yaml` is wrong.
 * @example
 * const factory = createFactory(bench);
 * const unit = await factory.clonedUnit(await factory.master(), 'alpha');
 * await unit.start();
 */
export function createFactory(bench: Bench, layout?: LayoutName): Factory {
  const profile = readProfile();
  const named = bench.variation === undefined ? layout : bench.variation.layoutFor(layout);
  return new Factory(bench, named === undefined ? profile : { ...profile, layoutPath: layoutPathOf(named) });
}

/** Makes templates, masters, clones and units of one layout; from {@link createFactory}. */
export class Factory {
  /** The layout's file without its ending: `headless`. */
  readonly layoutName: string;
  /** The layout's file. */
  readonly layoutPath: string;
  readonly #bench: Bench;
  readonly #profile: Profile;

  constructor(bench: Bench, profile: Profile) {
    this.layoutPath = profile.layoutPath;
    this.layoutName = basename(profile.layoutPath).replace(/\.ya?ml$/, '');
    this.#bench = bench;
    this.#profile = profile;
  }

  /** Builds a template from its inputs, whether or not one is kept (spec M1). */
  async buildTemplate(name: string): Promise<DiskSet> {
    const folder = join(this.#bench.workFolder, name);
    return await this.#bench.step(`the template ${name} is built`, () => this.#build(folder), {
      category: 'build',
    });
  }

  /** The template, built once and kept: for scenarios that are not about building. Read only. */
  async template(): Promise<DiskSet> {
    return await this.#bench.step(
      `a template of layout ${this.layoutName} is at hand`,
      async () => keptDisks('templates', await this.#key(), (folder) => this.#build(folder)),
      { category: 'build' },
    );
  }

  /**
   * Manufactures a master from the template in a machine of its own: unattended, every stage of the specification,
   * until the machine switches itself off (spec M5, M6).
   */
  async manufactureMaster(name: string): Promise<DiskSet> {
    const template = await this.template();
    return await this.#bench.step(`machine ${name} manufactures a master`, async () => {
      const folder = join(this.#bench.workFolder, name);
      const disks = await copyDisks(template, folder);
      const machine = await createAppliance(this.#bench, this.#profile, name, disks);
      await machine.powerOn();
      for (const stage of preInstallStages) {
        await this.#bench.step(`stage ${stage}`, () => machine.stage(stage), {
          machine: name,
          category: 'wait',
        });
      }
      await machine.running.waitForPowerOff();
      return disks;
    });
  }

  /** A master that was manufactured once and is kept: for scenarios that are not about manufacturing. Read only. */
  async master(): Promise<DiskSet> {
    return await this.#bench.step(`a master of layout ${this.layoutName} is at hand`, async () =>
      keptDisks('masters', await this.#key(), async (folder) => {
        const made = await this.manufactureMaster('master');
        await copyDisks(made, folder);
        await rm(made.folder, { recursive: true, force: true });
      }),
    );
  }

  /**
   * Clones a master's system disk for a unit; its data disk is a blank one (spec M7, M8), or what `dataDisk` makes
   * of it.
   */
  async clone(master: DiskSet, unit: string, dataDisk: 'blank' | 'master' = 'blank'): Promise<DiskSet> {
    const folder = join(this.#bench.workFolder, unit);
    return await this.#bench.step(
      `the master is cloned for ${unit}`,
      () => cloneFor(master, folder, dataDisk, this.#bench.signal),
      {
        category: 'disk',
      },
    );
  }

  /** A unit in its machine, off. */
  async unit(name: string, disks: DiskSet, options?: UnitOptions): Promise<Appliance> {
    const unit = await createAppliance(this.#bench, this.#profile, name, disks, options);
    this.#bench.subject({
      machine: unit.machine,
      layoutPath: this.layoutPath,
      becomesWell: (signal) => becomesWell(unit, this.#bench.check, signal),
      exploration: {
        ...unitExploration(this.layoutPath),
        ...unitComesBack(unit, { bench: this.#bench, layoutPath: this.layoutPath }),
      },
    });
    return unit;
  }

  /** A clone of the master in a machine of its own, off. */
  async clonedUnit(master: DiskSet, name: string, options?: UnitOptions): Promise<Appliance> {
    return await this.unit(name, await this.clone(master, name), options);
  }

  /** Looks at a disk with the witness's eyes; nothing is written. `await using` it. */
  async inspect(path: string, role: 'system' | 'data' = 'system'): Promise<InspectedDisk> {
    const layout = await readLayoutText(this.layoutPath, role);
    return await inspectDisk(path, { layout, signal: this.#bench.signal });
  }

  async #build(folder: string): Promise<DiskSet> {
    const template = await buildReferenceTemplate({
      layoutPath: this.layoutPath,
      licenceKeysPath: this.#profile.licenceKeysPath,
      systems: await this.#systems(),
      outFolder: folder,
      onProgress: (step) => this.#bench.note(step),
    });
    return diskSetIn(folder, template.dataDiskPath !== undefined);
  }

  async #key(): Promise<string> {
    const { licenceKeysPath, hardware } = this.#profile;
    const { primary, emergency } = await referenceSystems(await this.#systems());
    const keys = licenceKeysPath === undefined ? [] : [await readFile(licenceKeysPath, 'utf8')];
    // A master is manufactured in a machine of the product; the reference appliance's is not named.
    const machine = isDeepStrictEqual(hardware, referenceHardware) ? [] : [JSON.stringify(hardware)];
    const { controller = 'virtio' } = this.#bench.variation?.axes ?? {};
    const place = controller === 'virtio' ? [] : [controller];
    const inputs = [primary.inputsHash, emergency.inputsHash, ...keys, ...machine, ...place];
    const key = await inputsKey(this.layoutPath, inputs);
    return `${this.layoutName}-${key}`;
  }

  /** With the drivers for the disks that the bench gives its machines. */
  async #systems(): Promise<Profile['systems']> {
    const { controller } = this.#bench.variation?.axes ?? {};
    if (controller !== undefined) await assertPlaces(this.layoutPath, controller);
    return await systemsOn(controller, this.#profile.systems);
  }
}
