import { stat } from 'node:fs/promises';
import { relative } from 'node:path';
import { z } from 'zod';
import { errorMessage, parseSize } from '../../../foundation/index.ts';
import { scriptErrors } from '../errors.ts';
import { type StepContext, stepKind } from '../step-kind.ts';
import { type DiskMachine, diskMachine } from './disk-machine.ts';
import { filePlaceSchema, type OpenPlace, withFilePlaces } from './file-place.ts';
import { readManifestFile } from './manifest-file.ts';
import { pathInside } from './path-inside.ts';
import { hashFile, sha256Schema } from './sha256.ts';
import { resolveTarget, targetSchema } from './targets.ts';

const size = z.string().transform((text, context) => {
  try {
    const sizeBytes = parseSize(text);
    if (sizeBytes > 0) return sizeBytes;
  } catch {
    // Said below, with what is right.
  }
  const message = `"${text}" is no size: write a whole number with B, KiB, MiB or GiB`;
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

const options = z.union(
  [
    z.strictObject({
      file: filePlaceSchema.describe('One file.'),
      sha256: sha256Schema.describe('What it must hash to.'),
    }),
    z.strictObject({
      partition: targetSchema.describe('A disk or partition as it is, all of its bytes.'),
      size: size
        .optional()
        .describe('Only so many from its beginning: the size of the image that was written.'),
      sha256: sha256Schema,
    }),
    z.strictObject({
      manifest: filePlaceSchema.describe('A list of files with their hashes, as sha256sum writes it.'),
      in: filePlaceSchema.describe('The folder that its paths begin in.'),
    }),
  ],
  { error: 'write { file, sha256 }, { partition, sha256, size }, or { manifest, in }' },
);

/** Makes the kind `verify` (spec R10): what differs is named, every file of it. */
export function makeVerify(machine: DiskMachine) {
  return stepKind({
    name: 'verify',
    summary: 'compare files, or a whole partition, with their hashes',
    options,
    async run(wanted, context) {
      if ('partition' in wanted) return await verifyPartition(wanted, machine, context);
      const requests =
        'file' in wanted
          ? [{ place: wanted.file, use: 'read' } as const]
          : [{ place: wanted.manifest, use: 'read' } as const, { place: wanted.in, use: 'read' } as const];
      return await withFilePlaces(requests, machine, context, async ([first, folder]) => {
        if ('file' in wanted) {
          const line = { path: first!.path, words: first!.words, sha256: wanted.sha256 };
          return await verifyFiles([line], first!.words, context);
        }
        const lines = await inFolder(await readManifestFile(first!.path), folder!);
        return await verifyFiles(lines, folder!.words, context);
      });
    },
  });
}

/** Verifies files and partitions. */
export const verify = makeVerify(diskMachine);

async function inFolder(
  lines: readonly { path: string; sha256: string }[],
  { root, path: folder }: OpenPlace,
) {
  return await Promise.all(
    lines.map(async ({ path, sha256 }) => {
      const inner = `${relative(root, folder)}/${path}`;
      return { path: await pathInside(root, inner), words: path, sha256 };
    }),
  );
}

async function verifyFiles(
  lines: readonly { path: string; words: string; sha256: string }[],
  where: string,
  { signal }: StepContext,
) {
  const differing: string[] = [];
  for (const { path, words, sha256 } of lines) {
    const problem = await findDifference(path, sha256, signal);
    if (problem !== undefined) differing.push(`${words} (${problem})`);
  }
  if (differing.length > 0) {
    throw scriptErrors.SCRIPT_FILES_DIFFER({
      tried: `compare ${lines.length} files with their hashes`,
      where,
      got: differing.join(', '),
    });
  }
  return { files: lines.length };
}

async function findDifference(
  path: string,
  sha256: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  signal.throwIfAborted();
  const facts = await stat(path).catch(() => undefined);
  if (!facts?.isFile()) return facts === undefined ? 'missing' : 'no file';
  try {
    const got = await hashFile(path, signal);
    return got === sha256 ? undefined : `SHA-256 ${got}`;
  } catch (error) {
    signal.throwIfAborted();
    // A disk that cannot read a file is no reason not to name the others.
    return errorMessage(error);
  }
}

async function verifyPartition(
  wanted: Extract<z.output<typeof options>, { partition: unknown }>,
  { places }: DiskMachine,
  context: StepContext,
) {
  const target = resolveTarget(wanted.partition, places, context);
  const sizeBytes = wanted.size ?? target.sizeBytes;
  if (sizeBytes > target.sizeBytes) {
    throw scriptErrors.SCRIPT_FILES_DIFFER({
      tried: `compare ${target.device} with its hash`,
      expected: `${sizeBytes} bytes or more`,
      got: `${target.sizeBytes} bytes`,
    });
  }
  const got = await hashFile(target.device, context.signal, sizeBytes);
  if (got === wanted.sha256) return { target: target.name, sizeBytes };
  throw scriptErrors.SCRIPT_FILES_DIFFER({
    tried: `compare ${target.device} with its hash`,
    expected: `SHA-256 ${wanted.sha256}`,
    got: `SHA-256 ${got}`,
  });
}
