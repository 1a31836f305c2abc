import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { closest } from 'fastest-levenshtein';
import { imagesErrors } from '../errors.ts';
import { type Component, componentSchema, type Recipe, recipeSchema } from './component.ts';
import { readYamlFile } from './yaml-file.ts';

/** All components that a selection may take from, by name. */
export type Catalogue = ReadonlyMap<string, Component>;

const imagesPath = join(import.meta.dirname, '..');

/**
 * Reads every component: those of Assay (`images/catalogue`) and those of a user's folder (spec R1). A
 * component `web-ui.yaml` of a user has its own files beside it, in `web-ui/`.
 *
 * @throws IMAGES_TEXT_INVALID, FOUNDATION_CONFIG_INVALID, IMAGES_COMPONENT_TWICE.
 */
export async function readCatalogue(extraComponentsFolder?: string): Promise<Catalogue> {
  const catalogue = new Map<string, Component>();
  await addComponents(catalogue, join(imagesPath, 'catalogue'), join(imagesPath, 'files'));
  if (extraComponentsFolder !== undefined) {
    await addComponents(catalogue, extraComponentsFolder, extraComponentsFolder);
  }
  return catalogue;
}

/**
 * Reads the recipe of an operating system from `images/recipes`.
 *
 * @throws IMAGES_RECIPE_UNKNOWN naming those that exist, IMAGES_TEXT_INVALID, FOUNDATION_CONFIG_INVALID.
 */
export async function readRecipe(name: string, folder = join(imagesPath, 'recipes')): Promise<Recipe> {
  const names = (await yamlFiles(folder)).map((file) => basename(file, '.yaml'));
  if (!names.includes(name)) {
    throw imagesErrors.IMAGES_RECIPE_UNKNOWN({
      tried: `build ${name}`,
      expected: names.join(', '),
      where: folder,
    });
  }
  return readYamlFile(join(folder, `${name}.yaml`), recipeSchema, 'recipe');
}

/**
 * The components of a selection and all that they need, each after what it needs.
 *
 * @param selector What selects them, for messages: `recipe primary`.
 * @throws IMAGES_COMPONENT_UNKNOWN with the nearest name that exists.
 */
export function selectComponents(
  catalogue: Catalogue,
  names: readonly string[],
  selector: string,
): Component[] {
  const selected = new Set<Component>();
  const visiting = new Set<string>();
  const visit = (name: string, wantedBy: string): void => {
    if (visiting.has(name)) return;
    visiting.add(name);
    const component = catalogue.get(name) ?? unknownComponent(catalogue, name, wantedBy);
    for (const needed of component.needs) visit(needed, `component ${name}`);
    selected.add(component);
  };
  for (const name of names) visit(name, selector);
  return [...selected];
}

async function addComponents(
  catalogue: Map<string, Component>,
  folder: string,
  filesFolder: string,
): Promise<void> {
  for (const file of await yamlFiles(folder)) {
    const sourcePath = join(folder, file);
    const component = await readYamlFile(sourcePath, componentSchema, 'component');
    const twin = catalogue.get(component.name);
    if (twin !== undefined) {
      throw imagesErrors.IMAGES_COMPONENT_TWICE({
        tried: `read component ${component.name}`,
        where: `${twin.sourcePath} and ${sourcePath}`,
      });
    }
    catalogue.set(component.name, {
      ...component,
      sourcePath,
      ownFilesPath: join(filesFolder, component.name),
    });
  }
}

async function yamlFiles(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((file) => file.endsWith('.yaml')).sort();
}

function unknownComponent(catalogue: Catalogue, name: string, wantedBy: string): never {
  throw imagesErrors.IMAGES_COMPONENT_UNKNOWN({
    tried: `select ${name} for ${wantedBy}`,
    expected: `a name of the catalogue, such as ${closest(name, [...catalogue.keys()])}`,
  });
}
