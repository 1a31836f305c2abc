import { z } from 'zod';
import { type StepContext, stepKind } from '../step-kind.ts';
import { copyTree } from './copy-tree.ts';
import { type DiskMachine, diskMachine } from './disk-machine.ts';
import { filePlaceSchema, partitionPlaceSchema, withFilePlaces } from './file-place.ts';
import { assertSpace } from './free-space.ts';
import { planCopy } from './plan-copy.ts';

const options = z.strictObject({
  from: filePlaceSchema.describe('A file or folder: a path, { medium: PATH }, or { partition, path }.'),
  to: partitionPlaceSchema.describe('Where it goes; a file goes into a folder that is there.'),
  exact: z.boolean().default(false).describe('Takes away what the source folder does not have.'),
});

/**
 * Makes the kind `copy` (spec R8, R10): installs by file copy, and replaces damaged files by good ones from the medium,
 * for only what differs is written.
 */
export function makeCopy(machine: DiskMachine) {
  return stepKind({
    name: 'copy',
    summary: 'copy files into the file system of a partition; only what differs is written',
    options,
    async run({ from, to, exact }, context) {
      const requests = [
        { place: from, use: 'read' },
        { place: to, use: 'write' },
      ] as const;
      return await withFilePlaces(requests, machine, context, async ([source, target]) => {
        const { signal } = context;
        const plan = await planCopy(source!, target!, { exact, signal });
        await assertSpace(target!.path, plan.neededBytes, target!.words);
        sayLeftOut(plan.leftOut, context);
        const { files, changed, sizeBytes, removed } = await copyTree(plan, { exact, signal });
        return { files, changed, sizeBytes, ...(exact && { removed }), leftOut: plan.leftOut.length };
      });
    },
  });
}

/** Copies files to a partition. */
export const copy = makeCopy(diskMachine);

/** Says which special files have no content that could be kept. */
export function sayLeftOut(paths: readonly string[], { log }: Pick<StepContext, 'log'>): void {
  if (paths.length > 0) log(`left out, no files with content: ${paths.join(', ')}`);
}
