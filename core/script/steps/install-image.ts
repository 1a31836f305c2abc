import { z } from 'zod';
import { formatSize } from '../../../foundation/index.ts';
import { scriptErrors } from '../errors.ts';
import { type StepContext, stepKind } from '../step-kind.ts';
import { assertBlank } from './disk-content.ts';
import { type DiskMachine, diskMachine } from './disk-machine.ts';
import { assertWritable } from './disk-use.ts';
import { filePlaceSchema, withFilePlaces } from './file-place.ts';
import { plainImageSize, readImage } from './image-source.ts';
import { rereadTable } from './kernel-partitions.ts';
import { sha256Schema } from './sha256.ts';
import { type ResolvedTarget, resolveTarget, targetSchema } from './targets.ts';
import { type ImageWriting, writeImage } from './write-image.ts';

const options = z.strictObject({
  image: filePlaceSchema.describe('The image of a disk or partition; .zst and .gz are unpacked.'),
  to: targetSchema.describe('The disk or partition that it is written over.'),
  sha256: sha256Schema
    .optional()
    .describe('Of the file as it lies there; checked before anything is written.'),
  overwrite: z.boolean().default(false).describe('Also over something; its content is lost.'),
});

/**
 * Makes the kind `install-image` (spec R8). The image is read to its end first when it is packed or has a hash; nothing
 * is written when it is damaged, not the right one, or too large.
 */
export function makeInstallImage(machine: DiskMachine) {
  return stepKind({
    name: 'install-image',
    summary: 'write an image over a disk or partition, and read it back',
    options,
    async run({ image, to, sha256, overwrite }, context) {
      return await withFilePlaces([{ place: image, use: 'read' }], machine, context, async ([source]) => {
        const target = resolveTarget(to, machine.places, context);
        assertWritable(target, machine.places, context);
        const facts = await checkImage(source!.path, sha256, target, context.signal);
        const startMs = performance.now();
        const writtenBytes = await write(machine, context, { path: source!.path, facts, target, overwrite });
        const seconds = Math.max(performance.now() - startMs, 1) / 1000;
        if (!target.isPartition) await rereadTable(target.device, context);
        const { sizeBytes } = facts;
        return {
          target: target.name,
          sizeBytes,
          writtenBytes,
          bytesPerSecond: Math.round(sizeBytes / seconds),
        };
      });
    },
  });
}

/** Installs a reference image. */
export const installImage = makeInstallImage(diskMachine);

async function checkImage(
  path: string,
  sha256: string | undefined,
  target: ResolvedTarget,
  signal: AbortSignal,
): Promise<ImageWriting['facts']> {
  const plainBytes = await plainImageSize(path);
  if (plainBytes !== undefined) assertFits(path, plainBytes, target);
  if (plainBytes !== undefined && sha256 === undefined) return { sizeBytes: plainBytes };
  const facts = await readImage(path, { signal, withHash: sha256 !== undefined });
  if (sha256 !== undefined && facts.sha256 !== sha256) {
    throw scriptErrors.SCRIPT_IMAGE_UNUSABLE({
      tried: 'check an image before it is written',
      where: path,
      expected: `SHA-256 ${sha256}`,
      got: `SHA-256 ${facts.sha256}`,
    });
  }
  assertFits(path, facts.sizeBytes, target);
  return facts;
}

async function write(
  { open }: DiskMachine,
  context: StepContext,
  {
    path,
    facts,
    target,
    overwrite,
  }: Pick<ImageWriting, 'path' | 'facts'> & { target: ResolvedTarget; overwrite: boolean },
): Promise<number> {
  const { device } = target;
  await using access = await open(device, 'write');
  if (!overwrite) await assertBlank(target, access);
  const onProgress = inTenths(context, device);
  return await writeImage({ path, facts, access, device, signal: context.signal, onProgress });
}

function assertFits(path: string, sizeBytes: number, target: ResolvedTarget): void {
  if (sizeBytes <= target.sizeBytes) return;
  throw scriptErrors.SCRIPT_SPACE_TOO_SMALL({
    tried: `write the image ${path} to ${target.device}`,
    expected: `${formatSize(sizeBytes)} or more`,
    got: formatSize(target.sizeBytes),
  });
}

function inTenths({ log }: StepContext, what: string): ImageWriting['onProgress'] {
  const said = { written: 0, 'read back': 0 };
  return (phase, share) => {
    const tenths = Math.floor(share * 10);
    if (tenths <= said[phase]) return;
    said[phase] = tenths;
    log(`${what}: ${tenths * 10} % ${phase}`);
  };
}
