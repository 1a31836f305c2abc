import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { formatSize } from '../../foundation/index.ts';
import { type DamageHow, type DamageOptions, damagePattern } from './damage-pattern.ts';
import { faultsErrors } from './errors.ts';

/** Bytes in a row on a disk. */
export interface ByteRange {
  /** From the start of the disk. */
  offsetBytes: number;
  lengthBytes: number;
}

/** A fault that has been injected, and the proof that it is on the disk (design 8). */
export interface Injection {
  /** For the report: `damaged 4 KiB of /etc/passwd in partition 3 (random, seed 5f3a…), 4081 bytes changed`. */
  sentence: string;
  diskPath: string;
  /** Where the damage lies. */
  where: ByteRange[];
  how: DamageHow;
  /** Of `random`: the same seed gives the same damage. */
  seed?: string;
  /** SHA-256 of the damaged ranges one after the other, before and as read again afterwards. */
  beforeSha256: string;
  afterSha256: string;
  /** How many bytes are different now; never none. */
  bytesChanged: number;
}

const stepBytes = 1024 ** 2;

/**
 * Damages ranges of a disk image, and proves it by reading them again.
 *
 * @param target What is damaged, for the sentence: `sector 0`.
 * @throws FAULTS_TARGET_INVALID before anything is written; FAULTS_NOT_WRITTEN, FAULTS_NO_EFFECT
 */
export async function overwriteRanges(
  diskPath: string,
  ranges: readonly ByteRange[],
  target: string,
  options: DamageOptions,
): Promise<Injection> {
  await using file = await openTarget(diskPath, ranges, target);
  const { how, seed, apply } = damagePattern(options);
  const [before, intended] = [createHash('sha256'), createHash('sha256')];
  let bytesChanged = 0;
  for await (const { bytes, offsetBytes } of stretches(file, ranges)) {
    before.update(bytes);
    const original = Buffer.from(bytes);
    apply(bytes);
    intended.update(bytes);
    bytesChanged += bytes.reduce((count, byte, index) => count + Number(byte !== original[index]), 0);
    await writeFully(file, bytes, offsetBytes);
  }
  await file.datasync();

  const after = createHash('sha256');
  for await (const { bytes } of stretches(file, ranges)) after.update(bytes);
  const [beforeSha256, afterSha256] = [before.digest('hex'), after.digest('hex')];
  const tried = `damage ${target} of ${diskPath}`;
  if (afterSha256 !== intended.digest('hex')) throw faultsErrors.FAULTS_NOT_WRITTEN({ tried });
  if (bytesChanged === 0) throw faultsErrors.FAULTS_NO_EFFECT({ tried, got: `${how} over the same bytes` });
  const size = formatSize(ranges.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0));
  const manner = seed === undefined ? how : `${how}, seed ${seed}`;
  return {
    sentence: `damaged ${size} of ${target} (${manner}), ${bytesChanged} bytes changed`,
    ...{ diskPath, where: [...ranges], how, beforeSha256, afterSha256, bytesChanged },
    ...(seed === undefined ? {} : { seed }),
  };
}

/** Only image files that may be written to: never a device, and never a master that was made read-only. */
async function openTarget(
  diskPath: string,
  ranges: readonly ByteRange[],
  target: string,
): Promise<FileHandle> {
  const refuse = (got: string, cause?: unknown) =>
    faultsErrors.FAULTS_TARGET_INVALID({ tried: `damage ${target} of ${diskPath}`, got }, cause);
  const file = await open(diskPath, 'r+').catch((error) => {
    throw refuse(error.message, error);
  });
  try {
    const facts = await file.stat();
    if (!facts.isFile()) throw refuse('it is no file');
    if ((facts.mode & 0o222) === 0) throw refuse('the file is read-only');
    const isInside = ({ offsetBytes, lengthBytes }: ByteRange) =>
      offsetBytes >= 0 && lengthBytes > 0 && offsetBytes + lengthBytes <= facts.size;
    if (ranges.length === 0) throw refuse('there are no bytes to damage');
    if (!ranges.every(isInside)) throw refuse(`a range outside of the ${facts.size} bytes`);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function* stretches(file: FileHandle, ranges: readonly ByteRange[]) {
  for (const { offsetBytes, lengthBytes } of ranges) {
    for (let done = 0; done < lengthBytes; done += stepBytes) {
      const bytes = Buffer.alloc(Math.min(stepBytes, lengthBytes - done));
      await readFully(file, bytes, offsetBytes + done);
      yield { bytes, offsetBytes: offsetBytes + done };
    }
  }
}

async function readFully(file: FileHandle, bytes: Buffer, offsetBytes: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, done, bytes.length - done, offsetBytes + done);
    if (bytesRead === 0) throw new Error(`the disk ends at byte ${offsetBytes + done}`);
    done += bytesRead;
  }
}

async function writeFully(file: FileHandle, bytes: Buffer, offsetBytes: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done, bytes.length - done, offsetBytes + done)).bytesWritten;
  }
}
