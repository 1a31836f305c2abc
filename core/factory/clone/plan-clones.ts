import { basename, join } from 'node:path';
import { coreErrors } from '../../errors.ts';
import { type MasterFile, masterName } from './master-files.ts';

export interface CloneWishes {
  masterPath: string;
  /** Devices or files, one clone each. */
  targets?: readonly string[];
  /** Files to be made in `outFolder`; with an `outFolder` and no targets, 1. */
  count?: number;
  outFolder?: string;
}

/** One clone: a place for each disk of the master, in the master's order. */
export interface PlannedUnit {
  name: string;
  paths: readonly string[];
  /** Where all of them lie, when the clone has a folder of its own. */
  folder?: string;
}

/** Room in the names for as many clones as one command may make. */
const mostClones = 9999;

/**
 * What is to be made: `<master>-0001.raw` and so on in the folder, or for a master of several disks
 * `<master>-0001/<disk>.raw`, and the targets.
 *
 * @throws CORE_CLONE_TARGETS_INVALID when that is nothing, too much, or contradicts itself.
 */
export function planClones(wishes: CloneWishes, masters: readonly MasterFile[]): PlannedUnit[] {
  const { masterPath, targets = [], outFolder } = wishes;
  const count = wishes.count ?? (outFolder !== undefined && targets.length === 0 ? 1 : 0);
  if (count > 0 && outFolder === undefined) throw invalid('a count of clones without a folder for them');
  if (!Number.isSafeInteger(count) || count < 0 || count > mostClones) {
    throw invalid(`${count} clones; one command makes 1 to ${mostClones}`);
  }
  if (targets.length > 0 && masters.length > 1) {
    throw invalid(
      `targets for a master of ${masters.length} disks; clone each by itself: ${masters.map(({ path }) => path).join(', ')}`,
    );
  }
  const units = targets.map((path): PlannedUnit => ({ name: path, paths: [path] }));
  for (let number = 1; number <= count; number += 1) {
    const name = `${masterName(masterPath)}-${String(number).padStart(4, '0')}`;
    units.push({ name, ...placeOf(join(outFolder!, name), masterPath, masters) });
  }
  if (units.length === 0) throw invalid('neither targets nor a folder');
  return units;
}

function placeOf(
  place: string,
  masterPath: string,
  masters: readonly MasterFile[],
): Pick<PlannedUnit, 'paths' | 'folder'> {
  const isFolder = masters.some(({ path }) => path !== masterPath);
  if (!isFolder) return { paths: [`${place}.raw`] };
  return { folder: place, paths: masters.map(({ path }) => join(place, basename(path))) };
}

function invalid(got: string): Error {
  return coreErrors.CORE_CLONE_TARGETS_INVALID({ tried: 'plan the clones', got });
}
