import type { Template } from '../../../core/factory/index.ts';
import { formatSize } from '../../../foundation/index.ts';
import {
  type BuiltImage,
  buildImage,
  type SizeReport,
  sizeReport,
  updateLock,
} from '../../../images/index.ts';
import { buildReferenceTemplate, layoutFile } from '../../appliance/build-template.ts';
import { harnessErrors } from '../../errors.ts';
import type { Command, Words } from '../command.ts';
import { buildOptions, componentOptions, lockedOption } from '../image-options.ts';
import { flag, text, texts } from '../option-values.ts';
import { buildKeyCommand } from './build-key.ts';
import { buildMediumCommand } from './build-medium.ts';
import { buildRedundantCommand } from './build-redundant.ts';
import { buildUpdateCommand } from './build-update.ts';

/** The operating systems of the reference appliance. */
const applianceRecipes = ['primary', 'emergency'];

/** `assay build`: operating-system images from the catalogue (spec R1, R2). */
export const build: Command = {
  usage: 'build [recipes..]',
  summary: 'build operating-system images, or take them from the cache',
  subcommands: [buildMediumCommand, buildRedundantCommand, buildUpdateCommand, buildKeyCommand],
  runsByItself: true,
  options: {
    ...componentOptions,
    template: {
      type: 'string',
      requiresArg: true,
      describe: "build the template disks of a layout: one of Assay's by name, or a layout file",
    },
    'licence-keys': {
      type: 'string',
      requiresArg: true,
      describe: 'a file with a key for each licence level',
    },
    out: { type: 'string', requiresArg: true, describe: 'the folder for the template disks' },
    locked: lockedOption,
    'update-lock': { type: 'boolean', describe: 'lock what the archive has now, then build nothing' },
  },
  examples: [
    ['assay build', 'both operating systems of the reference appliance'],
    ['assay build primary --component driver-ahci', 'one, with a driver more'],
    ['assay build --template headless --out template', 'the template disks of the reference appliance'],
    ['assay build --template mine.yaml --licence-keys keys.yaml --out t', 'those of a layout of your own'],
    ...buildMediumCommand.examples,
    ...buildRedundantCommand.examples.slice(0, 1),
    ['assay build --update-lock', 'renew the lock of packages'],
  ],
  async run(words) {
    const json = flag(words, 'json');
    const options = buildOptions(words);
    if (flag(words, 'update-lock')) {
      const locked = await updateLock(options);
      print(json ? asJson({ locked }) : `locked ${locked.length} packages`);
      return 0;
    }
    const template = text(words, 'template');
    if (template !== undefined) {
      const built = await buildTemplateDisks(template, words);
      print(json ? asJson(built.manifest) : templateLines(built));
      return 0;
    }
    const named = texts(words, 'recipes');
    const built: Built[] = [];
    for (const name of named.length === 0 ? applianceRecipes : named) {
      const image = await buildImage(name, options);
      built.push({ image, sizes: await sizeReport(image) });
    }
    print(json ? asJson({ images: built.map(asData) }) : built.map(asTable).join('\n\n'));
    return 0;
  },
};

interface Built {
  image: BuiltImage;
  sizes: SizeReport;
}

async function buildTemplateDisks(template: string, words: Words): Promise<Template> {
  const outFolder = text(words, 'out');
  if (outFolder === undefined) {
    throw harnessErrors.HARNESS_USAGE({
      tried: 'build template disks',
      expected: '--out FOLDER: where to write them',
    });
  }
  return await buildReferenceTemplate({
    layoutPath: /\.ya?ml$/.test(template) ? template : layoutFile(template),
    licenceKeysPath: text(words, 'licence-keys'),
    outFolder,
    systems: buildOptions(words),
    onProgress: (step) => process.stderr.write(`${step}\n`),
  });
}

function templateLines({ manifest, manifestPath }: Template): string {
  const disks = manifest.disks.map(
    ({ role, file, sizeBytes, sha256 }) =>
      `  ${role.padEnd(8)}${file}  ${formatSize(sizeBytes)}  sha256 ${sha256}`,
  );
  return [
    `template of layout ${manifest.layoutName}, licence level ${manifest.licenceLevel}: ${manifestPath}`,
    ...disks,
  ].join('\n');
}

function print(output: string): void {
  process.stdout.write(`${output}\n`);
}

function asJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2);
}

/** Without the lists of files, which have thousands of entries and lie in the cache. */
function asData({ image: { rootTree: _, components: __, ...image }, sizes }: Built) {
  return { ...image, sizes };
}

function asTable({ image, sizes }: Built): string {
  const all = {
    component: 'all',
    fileCount: sizes.rows.reduce((sum, { fileCount }) => sum + fileCount, 0),
    installedBytes: sizes.installedBytes,
    compressedBytes: sizes.compressedBytes,
  };
  const full = sizes.fullInstallation;
  return [
    `${image.name}  ${image.path}`,
    `  ${'component'.padEnd(28)}${'files'.padStart(7)}${'installed'.padStart(12)}${'compressed'.padStart(12)}`,
    ...[...sizes.rows, all].map(row),
    ...(full === undefined
      ? []
      : [`  a full installation: ${formatSize(full.installedBytes)} (${full.basis})`]),
    ...image.unlocked.map((sentence) => `  unlocked: ${sentence}`),
  ].join('\n');
}

function row({ component, fileCount, installedBytes, compressedBytes }: SizeReport['rows'][number]): string {
  const sizes = [installedBytes, compressedBytes].map((bytes) => formatSize(bytes).padStart(12));
  return `  ${component.padEnd(28)}${String(fileCount).padStart(7)}${sizes.join('')}`;
}
