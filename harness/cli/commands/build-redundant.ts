import { stat } from 'node:fs/promises';
import { formatSize } from '../../../foundation/index.ts';
import { buildRedundantSet, type RedundantSet } from '../../../images/index.ts';
import type { Command } from '../command.ts';
import { flag, text } from '../option-values.ts';
import { checkOut, imageFacts, requiredText, systemInputs, systemOptions } from './redundant-options.ts';

const tried = 'build redundant disks';

/** `assay build redundant`: disks with redundant system partitions, and the medium that starts them (spec B1 to B8). */
export const buildRedundantCommand: Command = {
  usage: 'redundant',
  summary: 'build the disks of a machine that boots to a known state, and the medium that it starts from',
  options: {
    out: { type: 'string', requiresArg: true, describe: 'the folder for disks, medium.iso and system/' },
    ...systemOptions,
    logic: {
      type: 'string',
      requiresArg: true,
      describe: 'the script that the medium runs at every start (default: the one that Assay delivers)',
    },
    version: { type: 'string', requiresArg: true, describe: 'of the system, for people (default 1.0.0)' },
    'medium-files': {
      type: 'string',
      requiresArg: true,
      describe: 'a folder whose content the medium gets as /assay, too',
    },
  },
  examples: [
    [
      'assay build redundant --out machine --key signing.pem',
      'system.raw, data.raw and medium.iso in machine/',
    ],
    [
      'assay build redundant --out m --key k.pem --layout three.yaml --logic boot.yaml',
      'three copies, your logic',
    ],
  ],
  async run(words) {
    const outFolder = requiredText(words, 'out', tried, 'FOLDER: where to write them');
    await checkOut(outFolder, 'folder');
    const inputs = await systemInputs(words, tried);
    const set = await buildRedundantSet({
      ...{ ...inputs, outFolder, logicPath: text(words, 'logic') },
      mediumFilesFolder: text(words, 'medium-files'),
    });
    const parts = await describeParts(set);
    const output = flag(words, 'json')
      ? JSON.stringify({ version: inputs.version, ...asData(set, parts) }, undefined, 2)
      : asLines(set, parts, inputs.version);
    process.stdout.write(`${output}\n`);
    return 0;
  },
};

interface Part {
  path: string;
  sizeBytes: number;
  /** What it takes on this host: disks have holes. */
  allocatedBytes: number;
}

async function describeParts({
  diskPaths,
  configurationPath,
  packPath,
  medium,
}: RedundantSet): Promise<Part[]> {
  const paths = [...Object.values(diskPaths), configurationPath, packPath, medium.path];
  return await Promise.all(
    paths.map(async (path) => {
      const { size, blocks } = await stat(path);
      return { path, sizeBytes: size, allocatedBytes: blocks * 512 };
    }),
  );
}

function asData({ configuration, diskPaths, medium, image }: RedundantSet, files: Part[]) {
  const { mediumId, sha256, path } = medium;
  return {
    layout: configuration.layout,
    diskPaths,
    files,
    medium: { path, mediumId, sha256 },
    image: imageFacts(image),
  };
}

function asLines(
  { configuration: { layout }, medium, image }: RedundantSet,
  parts: Part[],
  version: string,
): string {
  const width = Math.max(...parts.map(({ path }) => path.length)) + 2;
  const rows = parts.map(({ path, sizeBytes, allocatedBytes }) => {
    const sizes = [formatSize(sizeBytes).padStart(12), formatSize(allocatedBytes).padStart(14)];
    return `  ${path.padEnd(width)}${sizes.join('')}`;
  });
  return [
    `layout ${layout.name}, version ${version}, medium ${medium.mediumId}`,
    `  ${''.padEnd(width)}${'size'.padStart(12)}${'on this host'.padStart(14)}`,
    ...rows,
    ...[...image.unlocked, ...medium.image.unlocked].map((sentence) => `  unlocked: ${sentence}`),
  ].join('\n');
}
