import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { closest } from 'fastest-levenshtein';
import { z } from 'zod';
import { type BuildOptions, parseYamlText } from '../../images/index.ts';
import { fileError } from '../file-errors.ts';
import { layoutFile } from './build-template.ts';
import { referenceModel } from './unit-hardware.ts';

/** What a folder of scenarios proves: the user's product. */
export interface Profile {
  layoutPath: string;
  /** The reference appliance's without it. */
  licenceKeysPath: string | undefined;
  /** Recipes and components of the user's own. */
  systems: BuildOptions;
  /** What every unit has; what differs from unit to unit comes from its name. */
  hardware: { manufacturer: string; product: string; memoryMiB: number; cpus: number };
}

/** Where the profile lies, in the folder that the user stands in. */
export const profileName = 'assay.yaml';

/** What every unit of the reference appliance has. */
export const referenceHardware: Profile['hardware'] = { ...referenceModel, memoryMiB: 512, cpus: 1 };

/** The layouts that come with Assay (`images/layouts/`). */
export const layoutNames = ['headless', 'headless-single-disk'] as const;

/**
 * Reads the profile of the product that a folder's scenarios are about (spec H3): `assay.yaml`. A folder without
 * one is about the reference appliance. Paths in it are relative to it.
 *
 * @throws FOUNDATION_CONFIG_INVALID naming line and key, for an unknown key also the nearest; IMAGES_TEXT_INVALID
 * when it is not YAML.
 */
export function readProfile(path: string = resolve(profileName)): Profile {
  const folder = dirname(path);
  const schema = profileSchema(folder);
  // A file with nothing but comments says nothing.
  const { appliance } = parseYamlText(textOf(path), path, schema, 'profile');
  const { layout, licenceKeys, recipesFolder, componentsFolder, components, hardware } = appliance;
  return {
    layoutPath: layoutPathOf(layout, folder),
    licenceKeysPath: licenceKeys === undefined ? undefined : resolve(folder, licenceKeys),
    systems: {
      ...(recipesFolder === undefined ? {} : { recipesFolder: resolve(folder, recipesFolder) }),
      ...(componentsFolder === undefined ? {} : { extraComponentsFolder: resolve(folder, componentsFolder) }),
      ...(components.length === 0 ? {} : { extraComponents: components }),
    },
    hardware,
  };
}

/** The file of a layout, given by one of Assay's names or as a file of its own. @param folder What such a file is relative to. */
export function layoutPathOf(layout: string, folder = resolve()): string {
  return isFileName(layout) ? resolve(folder, layout) : layoutFile(layout);
}

function textOf(path: string): string {
  try {
    const text = readFileSync(path, 'utf8');
    return /^\s*[^#\s]/m.test(text) ? text : '{}';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '{}';
    throw fileError(`read the profile ${path}`, error);
  }
}

function profileSchema(folder: string) {
  const path = z
    .string()
    .min(1)
    .refine((value) => existsSync(resolve(folder, value)), 'it is not there');
  return z.strictObject({
    appliance: z
      .strictObject({
        layout: z
          .string()
          .min(1)
          .superRefine((value, context) => checkLayout(folder, value, context))
          .default('headless'),
        licenceKeys: path.optional(),
        recipesFolder: path.optional(),
        componentsFolder: path.optional(),
        components: z.array(z.string().min(1)).default([]),
        hardware: z
          .strictObject({
            manufacturer: z.string().min(1).default(referenceHardware.manufacturer),
            product: z.string().min(1).default(referenceHardware.product),
            memoryMiB: z.int().min(128).max(65_536).default(referenceHardware.memoryMiB),
            cpus: z.int().min(1).max(64).default(referenceHardware.cpus),
          })
          .prefault({}),
      })
      .prefault({}),
  });
}

/** Says of a layout that is not there so, and which one may be meant. */
export function checkLayout(folder: string, layout: string, context: z.RefinementCtx): void {
  if (isFileName(layout)) {
    if (!existsSync(resolve(folder, layout))) context.addIssue(`${layout} is not there`);
    return;
  }
  if ((layoutNames as readonly string[]).includes(layout)) return;
  const nearest = closest(layout, [...layoutNames]);
  context.addIssue(
    `Assay has no layout ${layout}, did you mean "${nearest}"? A file of your own ends in .yaml`,
  );
}

/** A layout of the user's own is a file, one of Assay's a name. */
function isFileName(layout: string): boolean {
  return /\.ya?ml$/.test(layout);
}
