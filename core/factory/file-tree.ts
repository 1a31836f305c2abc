/** What every entry of a tree has: an absolute path inside the file system and normalised ownership. */
interface EntryBase {
  /** Absolute, normalised, without a trailing slash: `/usr/bin/node`. */
  path: string;
  /** Permission bits only, e.g. `0o755`. */
  mode: number;
  uid: number;
  gid: number;
}

/**
 * One entry of a file system that is to be made. Times are not part of it: whoever writes the file system sets
 * them all to the build's fixed time, so that the same inputs give the same bytes (spec M12).
 */
export type FileTreeEntry = EntryBase &
  (
    | { kind: 'directory' }
    | { kind: 'file'; sourcePath: string; sizeBytes: number }
    | { kind: 'file'; content: Uint8Array }
    | { kind: 'symlink'; target: string }
    | { kind: 'device'; deviceType: 'character' | 'block'; major: number; minor: number }
  );

/** A tree is sorted by path and holds every parent folder before what lies in it. */
export type FileTree = readonly FileTreeEntry[];

/** The kind of an entry as it stands in the mode of an inode (inode(7), S_IFMT). */
export const fileTypeBits = {
  directory: 0o040000,
  file: 0o100000,
  symlink: 0o120000,
  character: 0o020000,
  block: 0o060000,
};
