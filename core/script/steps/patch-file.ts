import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { durably, syncFolder } from '../../../foundation/index.ts';
import { scriptErrors } from '../errors.ts';
import { stepKind } from '../step-kind.ts';
import { applyPatch } from './apply-patch.ts';
import { type DiskMachine, diskMachine } from './disk-machine.ts';
import { writeWithAttributes } from './durable-copy.ts';
import { filePlaceSchema, partitionPlaceSchema, withFilePlaces } from './file-place.ts';
import { replacementSchema, replaceText } from './replace-text.ts';

const options = z
  .strictObject({
    in: partitionPlaceSchema.describe('The text file.'),
    replace: z.array(replacementSchema).min(1).optional().describe('What is replaced, one after the other.'),
    patch: filePlaceSchema
      .optional()
      .describe('Or a file with differences of this one file, as diff -u makes it.'),
  })
  .refine(
    ({ replace, patch }) => (replace === undefined) !== (patch === undefined),
    'write either replace or patch',
  );

/** Makes the kind `patch-file` (spec R10): all of it fits and is done, or the file stays as it is. */
export function makePatchFile(machine: DiskMachine) {
  return stepKind({
    name: 'patch-file',
    summary: 'change a text file on a partition',
    options,
    async run({ in: place, replace, patch }, context) {
      const requests = [
        { place, use: 'write' } as const,
        ...(patch === undefined ? [] : [{ place: patch, use: 'read' } as const]),
      ];
      return await withFilePlaces(requests, machine, context, async ([file, patchFile]) => {
        const { path, words } = file!;
        const facts = await stat(path).catch(() => undefined);
        if (!facts?.isFile()) {
          const got = facts === undefined ? 'nothing' : 'no file';
          throw scriptErrors.SCRIPT_FILE_MISSING({ tried: 'change a text file', where: words, got });
        }
        const bytes =
          patchFile === undefined
            ? await replaceText(path, words, replace!)
            : await applyPatch(path, words, patchFile.path, machine.workFolder, context);
        await writeWithAttributes(path, facts, bytes);
        await durably('patch-file.folder', () => syncFolder(dirname(path)));
        return { sizeBytes: bytes.length };
      });
    },
  });
}

/** Changes a text file. */
export const patchFile = makePatchFile(diskMachine);
