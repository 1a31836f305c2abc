import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { hostTools } from '../../foundation/index.ts';
import { harnessErrors } from '../errors.ts';
import { fileError } from '../file-errors.ts';
import { completedManifest, manifestIn } from './completed-manifest.ts';

const templateFolder = join(import.meta.dirname, 'template');
/** Ends the name of every template: as what they will be, tools of the repository would take them for its own. */
const templateSuffix = '.template';

/** The files that npm leaves out of packages, or that other programs look for, bear another name in the template. */
const finalNames: Record<string, string> = {
  gitignore: '.gitignore',
  'github/workflows/assay.yml': '.github/workflows/assay.yml',
};

/**
 * Lays out a repository of scenarios for a product: an example that runs, the profile, what an editor and npm need,
 * and a workflow for continuous integration. Assay itself is not among the packages that npm is told to install: its
 * name is on no registry, and whoever took it there would be trusted.
 *
 * @param folder Made when it is not there.
 * @returns the files that were made, relative to the folder, in order of name.
 * @throws HARNESS_INIT_WOULD_OVERWRITE naming the files that are there already: then nothing is written. A package.json
 * is completed instead, for `npm install` of Assay has made one.
 */
export async function layOutRepository(folder: string): Promise<string[]> {
  const target = resolve(folder);
  const values = { packageName: packageNameOf(target), debianPackages: debianPackages() };
  const files = (await templates()).map((template) => {
    const name = template.slice(0, -templateSuffix.length);
    const text = readFileSync(join(templateFolder, template), 'utf8');
    return completedWhenPresent(target, finalNames[name] ?? name, fillIn(text, values));
  });
  const present = files.filter(({ name, isCompleted }) => !isCompleted && existsSync(join(target, name)));
  if (present.length > 0) {
    throw harnessErrors.HARNESS_INIT_WOULD_OVERWRITE({
      tried: `lay out ${folder}`,
      expected: 'none of the files to be made is there',
      got: present.map(({ name }) => name).join(', '),
    });
  }
  for (const { name, text, isCompleted } of files) {
    await write(join(target, name), text, isCompleted ? 'w' : 'wx');
  }
  return files.map(({ name }) => name).sort();
}

async function templates(): Promise<string[]> {
  const entries = await readdir(templateFolder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(templateSuffix))
    .map((entry) => relative(templateFolder, join(entry.parentPath, entry.name)));
}

/** `npm install` of Assay has made a package.json before anybody could lay out a folder; it keeps what it says. */
function completedWhenPresent(target: string, name: string, text: string) {
  const manifest = name === 'package.json' ? manifestIn(join(target, name)) : undefined;
  if (manifest === undefined) return { name, text, isCompleted: false };
  const completed = completedManifest(manifest, JSON.parse(text));
  return { name, text: `${JSON.stringify(completed, undefined, 2)}\n`, isCompleted: true };
}

async function write(path: string, text: string, flag: 'w' | 'wx'): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text, { flag });
  } catch (error) {
    throw fileError(`write ${path}`, error);
  }
}

/** GitHub's `${{ … }}` is not ours. */
function fillIn(text: string, values: Record<string, string>): string {
  return text.replace(/(?<!\$)\{\{(\w+)\}\}/g, (place, name: string) => values[name] ?? place);
}

/** A name that npm takes: lower case, digits, hyphens. */
function packageNameOf(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return name === '' ? 'product-scenarios' : name.slice(0, 200);
}

function debianPackages(): string {
  return [...new Set(hostTools.map(({ debianPackage }) => debianPackage))].sort().join(' ');
}
