import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorMessage } from '../../../foundation/index.ts';
import { scriptErrors } from '../errors.ts';
import type { StepContext } from '../step-kind.ts';

/**
 * What a file is after a patch, which is tried on a copy of it in `workFolder`; the file is only read. Whatever names
 * the patch has for the file do not count.
 *
 * @throws SCRIPT_PATCH_DOES_NOT_FIT, SCRIPT_FILE_MISSING when the patch cannot be read.
 */
export async function applyPatch(
  path: string,
  words: string,
  patchPath: string,
  workFolder: string,
  { runProgram, signal }: Pick<StepContext, 'runProgram' | 'signal'>,
): Promise<Buffer> {
  const doesNotFit = (got: string, cause?: unknown) =>
    scriptErrors.SCRIPT_PATCH_DOES_NOT_FIT({ tried: `apply ${patchPath}`, where: words, got }, cause);
  const files = await countPatchedFiles(patchPath);
  if (files !== 1) throw doesNotFit(`a patch of ${files} files, and this step changes one`);
  await mkdir(workFolder, { recursive: true });
  const folder = await mkdtemp(join(workFolder, 'patch-'));
  try {
    const copy = join(folder, 'file');
    await copyFile(path, copy);
    await runProgram('patch', ['-i', patchPath, copy]);
    return await readFile(copy);
  } catch (error) {
    signal.throwIfAborted();
    throw doesNotFit(errorMessage(error), error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function countPatchedFiles(patchPath: string): Promise<number> {
  const text = await readFile(patchPath, 'utf8').catch((error) => {
    const facts = { tried: 'read a patch', where: patchPath, got: errorMessage(error) };
    throw scriptErrors.SCRIPT_FILE_MISSING(facts, error);
  });
  return text.match(/^--- .*\r?\n\+\+\+ /gm)?.length ?? 0;
}
