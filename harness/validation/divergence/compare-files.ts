import type { DivergedFile } from '../../../reports/validation/proof-report.ts';
import type { ChangedFile, CloneChanges } from './clone-changes.ts';
import type { SecretLikeness } from './secret-likeness.ts';

/** A file that clones have changed in the same way. */
export interface ComparedFile extends DivergedFile {
  /** What it looks like, where all of them have the same content. */
  likeness?: SecretLikeness;
}

/** Puts the changed files of all clones together, sorted by where they are. What only a part of the clones has changed, or each to something else, is not the same. Pure. */
export function compareFiles(changes: readonly CloneChanges[]): ComparedFile[] {
  const groups = new Map<string, { clone: string; file: ChangedFile }[]>();
  for (const { name, files } of changes) {
    for (const file of files) {
      const key = `${file.how} ${file.where}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [{ clone: name, file }]);
      else group.push({ clone: name, file });
    }
  }
  return [...groups.values()]
    .map((group) => comparedFile(group, changes.length))
    .sort((a, b) => (a.where < b.where ? -1 : a.where > b.where ? 1 : 0));
}

function comparedFile(group: readonly { clone: string; file: ChangedFile }[], clones: number): ComparedFile {
  const files = group.map(({ file }) => file);
  const first = files[0]!;
  const isSameOnAll = clones > 1 && group.length === clones && files.every((file) => isSame(first, file));
  const { where, how, sizeBytes, entropyBits, likeness } = first;
  return {
    ...{ where, how, isSameOnAll, sizeBytes },
    on: group.map(({ clone }) => clone),
    ...(entropyBits === undefined ? {} : { entropyBits }),
    ...(isSameOnAll && likeness !== undefined ? { likeness } : {}),
  };
}

/** Content that was not read to its end is not known to be the same. */
function isSame(one: ChangedFile, other: ChangedFile): boolean {
  if (one.kind !== other.kind) return false;
  if (one.how === 'removed' || one.kind === 'folder' || one.kind === 'other') return true;
  return one.sha256 !== undefined && one.sha256 === other.sha256;
}
