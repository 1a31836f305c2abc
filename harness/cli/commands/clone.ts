import { type CloneResult, cloneMaster } from '../../../core/factory/index.ts';
import { formatSize } from '../../../foundation/index.ts';
import { exitCodes } from '../../exit-code.ts';
import { Interruption } from '../../interruption.ts';
import type { GuardOptions } from '../../validation/certificate/index.ts';
import {
  certificateOptions,
  type RequiredCertificate,
  readRequiredCertificate,
} from '../certificate-options.ts';
import { createCloneProgress } from '../clone-progress.ts';
import type { Command, Words } from '../command.ts';
import { flag, positiveCount, text, texts } from '../option-values.ts';
import { printError } from '../print-error.ts';

/** `assay clone`: exact, verified replicas of a master, in files or on devices (docs/cloning.md). */
export const clone: Command = {
  usage: 'clone <master>',
  summary: 'clone a master to files or devices, and verify every byte',
  options: {
    count: { type: 'string', requiresArg: true, describe: 'how many files to make in --out (default: 1)' },
    out: {
      type: 'string',
      requiresArg: true,
      describe: 'the folder for files, and for clones.json (what was made)',
    },
    to: {
      type: 'array',
      string: true,
      requiresArg: true,
      describe: 'a device or file to clone to, may be repeated; what is on a device is lost',
    },
    digest: { type: 'boolean', describe: 'SHA-256 of master and clones, too; takes time' },
    verify: {
      type: 'boolean',
      default: true,
      describe: 'read clones back and compare; --no-verify leaves it out',
    },
    force: { type: 'boolean', describe: 'clone a disk that is not a finished master, too' },
    overwrite: { type: 'boolean', describe: 'replace files that are there' },
    ...certificateOptions,
    plain: { type: 'boolean', describe: 'plain lines instead of the live view' },
  },
  examples: [
    [
      'assay clone master.raw --count 20 --out clones',
      'clones/master-0001.raw to -0020.raw, and clones.json',
    ],
    ['assay clone master.raw --to /dev/sdb --to /dev/sdc', 'two disks, from one reading of the master'],
    [
      'assay clone masters/headless --out clones',
      'a folder with system and data disk: both, for one machine',
    ],
    ['assay clone master.raw --out clones --digest --json', 'with SHA-256, for a script'],
    [
      'assay clone nas.img --force --out clones --require-certificate nas.cert.json --certificate-key nas.pub',
      'a disk that somebody else made, and that assay validate has certified',
    ],
  ],
  async run(words) {
    const json = flag(words, 'json');
    using interruption = new Interruption(
      () => 'Files named .partial may be left; devices that were not finished have no boot record.',
    );
    try {
      const certificate = await readRequiredCertificate(words);
      const result = await cloneWithProgress(words, certificate, interruption.signal);
      const certified = certificate && certifiedBy(certificate);
      process.stdout.write(
        json
          ? `${JSON.stringify({ ...result, certificate: certified }, undefined, 2)}\n`
          : asLines(result, certified),
      );
      return exitCodes.passed;
    } catch (error) {
      if (!interruption.interrupted) throw error;
      printError(error, { json });
      return exitCodes.interrupted;
    }
  },
};

async function cloneWithProgress(
  words: Words,
  certificate: RequiredCertificate | undefined,
  signal: AbortSignal,
): Promise<CloneResult> {
  const json = flag(words, 'json');
  const count = positiveCount(words, 'count');
  const outFolder = text(words, 'out');
  // With --json, stdout is the result's alone.
  using progress = createCloneProgress(json ? process.stderr : process.stdout, json || flag(words, 'plain'));
  return await cloneMaster({
    masterPath: text(words, 'master') ?? '',
    targets: texts(words, 'to'),
    ...(count === undefined ? {} : { count }),
    ...(outFolder === undefined ? {} : { outFolder }),
    verify: flag(words, 'verify'),
    digest: flag(words, 'digest'),
    force: flag(words, 'force'),
    ...(certificate && { guard: await guardOf(certificate, { signal, onNotice: progress.onNotice }) }),
    overwrite: flag(words, 'overwrite'),
    onProgress: progress.onProgress,
    onNotice: progress.onNotice,
    signal,
  });
}

async function guardOf({ path, statement }: RequiredCertificate, options: Omit<GuardOptions, 'where'>) {
  const { certificateGuard } = await import('../../validation/certificate/index.ts');
  return certificateGuard(statement, { ...options, where: path });
}

/** What the result says of the certificate. */
function certifiedBy({ path, keyId, statement }: RequiredCertificate) {
  const { verdict, scope, validatedAt } = statement.predicate;
  return { path, keyId, verdict, scope, validatedAt };
}

const readBackWords = {
  direct: 'past the page cache (O_DIRECT)',
  'cache-dropped': 'after fsync and dropping the page cache (no O_DIRECT here)',
  memory: 'from memory (this file system has no disk)',
} as const;

function asLines(
  { masters, clones, manifestPath, tookMs }: CloneResult,
  certified: ReturnType<typeof certifiedBy> | undefined,
): string {
  const lines = clones.map(({ path, sizeBytes, sha256, verified, method, readBack }) => {
    const proof = readBack === undefined ? 'NOT verified' : `verified ${readBackWords[readBack]}`;
    const digest = verified && sha256 !== undefined ? `, SHA-256 ${sha256}` : '';
    return `${path}: ${formatSize(sizeBytes)}, ${method}, ${proof}${digest}`;
  });
  const bytes = clones.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const seconds = tookMs / 1000;
  const units = new Set(clones.map(({ unit }) => unit)).size;
  const of = masters.map(({ path, sha256 }) => (sha256 === undefined ? path : `${path} (SHA-256 ${sha256})`));
  lines.push(
    `${units} ${units === 1 ? 'clone' : 'clones'} of ${of.join(', ')} in ${seconds.toFixed(1)} s: ` +
      `${formatSize(bytes)} of disks, ${formatSize(Math.round(bytes / Math.max(seconds, 0.001)))}/s, holes included`,
  );
  if (certified !== undefined) {
    const { path, keyId, verdict, scope } = certified;
    lines.push(`certified by ${path}: ${verdict}, ${scope}, signed by the key ${keyId}`);
  }
  if (manifestPath !== undefined) lines.push(manifestPath);
  return `${lines.join('\n')}\n`;
}
