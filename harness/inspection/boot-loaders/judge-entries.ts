import type { Finding } from '../finding.ts';
import { type BootEntry, entriesIn } from './boot-entries.ts';
import type { BootFile } from './boot-files.ts';
import { bootFinding } from './boot-finding.ts';
import type { BootLoader, BootSystem } from './boot-loader.ts';

/**
 * Looks whether the kernels that a loader offers are there. Where a loader has none that can be started, nothing starts the disk; of one of several
 * entries it is a warning. What lies on a file system that was not read is not judged.
 */
export function* judgeEntries(
  files: readonly BootFile[],
  systems: readonly BootSystem[],
  loaders: readonly BootLoader[],
): Generator<Finding> {
  // Entries in files of their own may be left over from a loader that is not there any more.
  const areEntriesRead =
    loaders.some(({ name }) => name.startsWith('systemd-boot')) ||
    files.some(({ kind, text }) => kind === 'grub' && text.includes('blscfg'));
  const isAllRead = systems.every(
    ({ tree, fileSystem: { type } }) => type === 'swap' || type === 'empty' || tree?.wasCut === false,
  );
  for (const offered of byLoader(files)) {
    const judged = offered.flatMap(({ file, entry }) => {
      if (entry.anywhere ? !isAllRead : file.system.tree?.wasCut !== false) return [];
      const where = entry.anywhere ? systems : [file.system];
      return [
        {
          file,
          entry,
          missing: entry.files.filter((path) => !where.some((system) => hasFile(system, path))),
        },
      ];
    });
    const broken = judged.filter(({ missing }) => missing.length > 0);
    const isAll =
      judged.length === offered.length &&
      broken.length === judged.length &&
      (areEntriesRead || offered.every(({ file }) => file.kind !== 'systemd-boot-entry'));
    for (const { file, entry, missing } of broken) {
      const kind = isAll ? 'boot-file-missing' : 'boot-entry-broken';
      yield bootFinding(kind, file.where, `${entry.name}: ${missing.join(', ')}`);
    }
  }
}

interface OfferedEntry {
  file: BootFile;
  entry: BootEntry;
}

/** The entries among which one loader chooses: of one file, or of all files in systemd-boot's folder. */
function byLoader(files: readonly BootFile[]): OfferedEntry[][] {
  const offered = files.flatMap((file) => entriesIn(file).map((entry) => ({ file, entry })));
  const keyOf = ({ file: { kind, system, path } }: OfferedEntry) =>
    `${system.partition.number} ${kind === 'systemd-boot-entry' ? kind : path}`;
  return [...Map.groupBy(offered, keyOf).values()];
}

/** A file system of its own is `/` to a loader, and may be `/boot` to the system that has written the settings. */
function hasFile({ tree, fileSystem }: BootSystem, path: string): boolean {
  if (tree === undefined) return false;
  if (tree.nodes.has(path)) return true;
  if (isBelowLink(tree.nodes, path)) return true;
  if (!fileSystem.type.startsWith('fat')) return false;
  const wanted = path.toLowerCase();
  return [...tree.nodes.keys()].some((known) => known.toLowerCase() === wanted);
}

/** Where a folder on the way is a link, it is not followed, and nothing is said. */
function isBelowLink(nodes: NonNullable<BootSystem['tree']>['nodes'], path: string): boolean {
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
    if (nodes.get(path.slice(0, at))?.kind === 'link') return true;
  }
  return false;
}
