import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { harnessErrors } from '../errors.ts';
import type { Interruption } from '../interruption.ts';
import type { DiskProfile } from '../validation/profile/disk-profile.ts';
import { isStartable } from '../validation/proof/assert-startable.ts';
import { prepareProof } from '../validation/proof/prove-disk.ts';
import type { DiskProof } from '../validation/validate-disk.ts';
import type { Words } from './command.ts';
import { positiveCount, text } from './option-values.ts';
import { placesOfRun } from './places-of-run.ts';
import { assertRunOptions, runShown } from './run-selected.ts';

/** What starts clones when the disk has been read. */
export interface Proving {
  /** @throws the reason of the interruption, also when the run was ended by it. */
  prove(interruption: Interruption): Promise<DiskProof>;
}

const usualClones = 2;
const mostClones = 100;

/**
 * Reads from the command line and the profile how clones are to be started; what is wrong with that is said before the disk is read.
 *
 * @throws HARNESS_USAGE when the profile does not say what ready means, and for options that cannot be read; HARNESS_FOLDER_UNUSABLE, and what `prepareProof` throws.
 */
export async function readProving(words: Words, image: string, profile: DiskProfile): Promise<Proving> {
  if (!isStartable(profile)) throw notStartable(words, image);
  const clones = clonesOf(words);
  assertRunOptions(words);
  const out = runFolderOf(words);
  const seed = text(words, 'seed') ?? randomBytes(4).toString('hex');
  const prepared = await prepareProof({
    imagePath: image,
    profile,
    clones,
    command: commandOf(words, image),
  });
  return {
    async prove(interruption) {
      const { signal } = interruption;
      signal.throwIfAborted();
      const { scenarios: selected } = prepared;
      const details = { selected, repeat: 1, interruption, ...(out === undefined ? {} : { out }) };
      const result = await runShown({ ...words, seed }, details, process.stderr);
      if (signal.aborted) process.stderr.write(placesOfRun(result.runFolder));
      signal.throwIfAborted();
      return prepared.conclude(result);
    },
  };
}

function notStartable(words: Words, image: string): Error {
  const profile = text(words, 'profile');
  return harnessErrors.HARNESS_USAGE({
    tried: `start clones of ${image}`,
    expected:
      profile === undefined
        ? 'a profile that says what ready means, --profile nas.yaml; or --static, to read the disk only'
        : `\`ready\` in ${profile}; or --static, to read the disk only`,
    remedy: `assay init --from ${image} --out nas.yaml writes a first profile; docs/profile.md has every key`,
  });
}

function clonesOf(words: Words): number {
  const clones = positiveCount(words, 'clones') ?? usualClones;
  if (clones <= mostClones) return clones;
  throw harnessErrors.HARNESS_USAGE({
    tried: `start ${clones} clones`,
    expected: `--clones of 1 to ${mostClones}`,
  });
}

/** With --out the run lies beside the reports; that of another validation is not mixed with it. */
function runFolderOf(words: Words): string | undefined {
  const out = text(words, 'out');
  if (out === undefined) return undefined;
  const folder = join(out, 'run');
  if (!existsSync(folder) || readdirSync(folder).length === 0) return folder;
  throw harnessErrors.HARNESS_FOLDER_UNUSABLE({
    tried: `put the run of the clones into ${folder}`,
    expected: 'no such folder yet, or an empty one',
    got: 'the run of another validation',
  });
}

/** Runs the proof again, without what concerns the report only. */
function commandOf(words: Words, image: string): string[] {
  const profile = text(words, 'profile');
  const clones = text(words, 'clones');
  return [
    ...['validate', image],
    ...(profile === undefined ? [] : ['--profile', profile]),
    ...(clones === undefined ? [] : ['--clones', clones]),
  ];
}
