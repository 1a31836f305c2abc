import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { harnessErrors } from '../errors.ts';
import { exitCodes } from '../exit-code.ts';
import { fileError } from '../file-errors.ts';
import { firstProfile } from '../init/first-profile/write-first-profile.ts';
import { Interruption } from '../interruption.ts';
import type { Words } from './command.ts';
import { flag, text } from './option-values.ts';
import { printError } from './print-error.ts';
import { createValidationProgress } from './validation-progress.ts';

/** Runs `assay init --from`. @returns the exit code. */
export async function runFirstProfile(words: Words): Promise<number> {
  const [image, out] = [text(words, 'from'), text(words, 'out')];
  if (image === undefined) throw usage('write a profile', '--from with the disk that it is to be of');
  if (words.folder !== undefined) {
    throw usage(`write a profile of ${image}`, 'no folder: --out names the file for it');
  }
  assertFree(out);
  const json = flag(words, 'json');
  using interruption = new Interruption(() => 'The disk was only read, and no profile was written.');
  try {
    const profile = await lookAt(image, words, interruption.signal);
    if (out !== undefined) await write(out, profile);
    process.stdout.write(json ? asJson(image, out, profile) : asText(image, out, profile));
    return exitCodes.passed;
  } catch (error) {
    if (!interruption.interrupted) throw error;
    printError(error, { json });
    return exitCodes.interrupted;
  }
}

async function lookAt(image: string, words: Words, signal: AbortSignal): Promise<string> {
  using progress = createValidationProgress(process.stderr, flag(words, 'plain'));
  return await firstProfile(image, { signal, onProgress: (what) => progress.onProgress(what) });
}

/** Before the disk is read, which may take a while. */
function assertFree(out: string | undefined): void {
  if (out !== undefined && existsSync(out)) throw wouldOverwrite(out);
}

async function write(out: string, profile: string): Promise<void> {
  try {
    await writeFile(out, profile, { flag: 'wx' });
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    throw isThere ? wouldOverwrite(out) : fileError(`write ${out}`, error);
  }
}

function asJson(image: string, out: string | undefined, profile: string): string {
  const file = out === undefined ? {} : { out: resolve(out) };
  return `${JSON.stringify({ image: resolve(image), ...file, profile }, undefined, 2)}\n`;
}

function asText(image: string, out: string | undefined, profile: string): string {
  if (out === undefined) return profile;
  return `wrote ${out}; look through it, and then:\n  assay validate ${image} --static --profile ${out}\n`;
}

function usage(tried: string, expected: string) {
  return harnessErrors.HARNESS_USAGE({ tried, expected });
}

function wouldOverwrite(out: string) {
  return harnessErrors.HARNESS_INIT_WOULD_OVERWRITE({
    tried: `write the profile ${out}`,
    expected: 'no such file: an earlier profile is never overwritten',
    got: 'it is there',
  });
}
