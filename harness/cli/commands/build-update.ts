import { stat } from 'node:fs/promises';
import { formatSize } from '../../../foundation/index.ts';
import { buildSystemUpdate } from '../../../images/index.ts';
import { harnessErrors } from '../../errors.ts';
import type { Command } from '../command.ts';
import { flag, text } from '../option-values.ts';
import { checkOut, imageFacts, requiredText, systemInputs, systemOptions } from './redundant-options.ts';

const tried = 'build an update';

/** `assay build update`: a new system image for one of the redundant partitions (spec B7). */
export const buildUpdateCommand: Command = {
  usage: 'update',
  summary: 'build an update of one system partition, for `known-state update` on machines in the field',
  options: {
    out: { type: 'string', requiresArg: true, describe: 'the pack to write; one that is there is replaced' },
    partition: {
      type: 'string',
      requiresArg: true,
      describe: 'the partition that it is for, such as system-1',
    },
    version: { type: 'string', requiresArg: true, describe: 'of the new system, for people' },
    configuration: {
      type: 'string',
      requiresArg: true,
      describe:
        'system/known-state.json of the machines: the layout is taken from there, and the key compared',
    },
    ...systemOptions,
  },
  examples: [
    [
      'assay build update --out new.pack --key signing.pem --partition system-1 --version 1.1.0',
      'a pack with all of partition 1',
    ],
    [
      'assay build update --out new.pack --key k.pem --partition system-1 --version 2 --configuration m/system/known-state.json',
      'refused where it does not go with the machines in m/',
    ],
  ],
  async run(words) {
    const outPath = requiredText(words, 'out', tried, 'FILE: the pack to write');
    const partition = requiredText(words, 'partition', tried, 'NAME: the partition that it is for');
    requiredText(words, 'version', tried, 'VERSION: of the new system, for people');
    await checkOut(outPath, 'file');
    const inputs = await systemInputs(words, tried);
    const configurationPath = await fileNamed(text(words, 'configuration'));
    const image = await buildSystemUpdate({ ...inputs, partition, outPath, configurationPath });
    const { size: sizeBytes } = await stat(outPath);
    const { version } = inputs;
    const output = flag(words, 'json')
      ? JSON.stringify(
          { path: outPath, sizeBytes, partition, version, image: imageFacts(image) },
          undefined,
          2,
        )
      : [
          `${outPath}  ${formatSize(sizeBytes)}, version ${version} for ${partition}`,
          ...image.unlocked.map((sentence) => `  unlocked: ${sentence}`),
        ].join('\n');
    process.stdout.write(`${output}\n`);
    return 0;
  },
};

/** @throws HARNESS_USAGE when the file is not there. */
async function fileNamed(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  await stat(path).catch((error) => {
    const expected = 'known-state.json, as `assay build redundant` writes it to system/';
    throw harnessErrors.HARNESS_USAGE({ tried: `read ${path}`, expected, got: error.code }, error);
  });
  return path;
}
