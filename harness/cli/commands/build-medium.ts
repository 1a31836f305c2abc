import { formatSize } from '../../../foundation/index.ts';
import { type BuiltMedium, buildMedium } from '../../../images/index.ts';
import { harnessErrors } from '../../errors.ts';
import type { Command } from '../command.ts';
import { lockedOption } from '../image-options.ts';
import { flag, text } from '../option-values.ts';

/** `assay build medium`: the recovery medium, a CD image that starts by itself (spec B1, R3). */
export const buildMediumCommand: Command = {
  usage: 'medium',
  summary: 'build the recovery medium, an image of a CD or USB disk that starts by itself',
  options: {
    out: { type: 'string', requiresArg: true, describe: 'the image to write; one that is there is replaced' },
    script: { type: 'string', requiresArg: true, describe: 'the script that the medium runs by itself' },
    files: {
      type: 'string',
      requiresArg: true,
      describe: 'a folder whose content the medium gets as /assay',
    },
    limit: {
      type: 'string',
      requiresArg: true,
      describe: 'after how long scripts and prompt end in a forced restart: 90s, 30m, 24h, 2d (default 24h)',
    },
    shell: { type: 'string', requiresArg: true, describe: 'the shell at the prompt (default /bin/sh)' },
    mode: {
      type: 'string',
      requiresArg: true,
      choices: ['reduced', 'normal'],
      describe: 'what starts by itself: the reduced mode (default), or the same system as a normal one',
    },
    locked: lockedOption,
  },
  examples: [
    ['assay build medium --out recovery.iso', 'a medium that leads to a prompt on the serial console'],
    ['assay build medium --out install.iso --script install.yaml --files payload', 'one that runs a script'],
  ],
  async run(words) {
    const outPath = text(words, 'out');
    if (outPath === undefined) {
      throw harnessErrors.HARNESS_USAGE({
        tried: 'build a recovery medium',
        expected: '--out FILE: the image to write',
      });
    }
    const mode = text(words, 'mode');
    const built = await buildMedium({
      outPath,
      scriptPath: text(words, 'script'),
      filesFolder: text(words, 'files'),
      limitSeconds: limitSeconds(text(words, 'limit')),
      shell: text(words, 'shell'),
      mode: mode === 'normal' ? mode : 'reduced',
      locked: flag(words, 'locked'),
      onProgress: (message) => process.stderr.write(`${message}\n`),
    });
    process.stdout.write(`${flag(words, 'json') ? asJson(built) : asLines(built)}\n`);
    return 0;
  },
};

const unitSeconds: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** @throws HARNESS_USAGE unless it is a number and a unit; how long it may be is the builder's to say. */
function limitSeconds(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const [, count, unit] = /^(\d{1,9})([smhd])$/.exec(value) ?? [];
  if (count !== undefined && unit !== undefined) return Number(count) * unitSeconds[unit]!;
  throw harnessErrors.HARNESS_USAGE({
    ...{ tried: 'read --limit', got: JSON.stringify(value) },
    expected: 'a number and a unit: 90s, 30m, 24h, 2d',
  });
}

function asJson({ image, ...medium }: BuiltMedium): string {
  const { packages, unlocked, inputsHash } = image;
  return JSON.stringify({ ...medium, image: { inputsHash, packages, unlocked } }, undefined, 2);
}

function asLines({ path, sizeBytes, sha256, mediumId, parts, image }: BuiltMedium): string {
  const rows = [
    ['kernel', parts.kernel],
    ['initial RAM file system', parts.initramfs],
    ['root file system', parts.root],
    ['your files', parts.files],
    ['all', sizeBytes],
  ] as const;
  return [
    `${path}  ${formatSize(sizeBytes)}, id ${mediumId}`,
    ...rows.map(([name, size]) => `  ${name.padEnd(26)}${formatSize(size).padStart(12)}`),
    `  sha256 ${sha256}`,
    ...image.unlocked.map((sentence) => `  unlocked: ${sentence}`),
  ].join('\n');
}
