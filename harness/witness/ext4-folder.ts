import { witnessErrors } from './errors.ts';
import type { FolderEntry } from './tree-entry.ts';

export interface Ext4FolderEntry extends FolderEntry {
  inode: number;
}

/** By the first two octal digits of an inode's mode. */
const kinds: Record<string, FolderEntry['kind']> = {
  '01': 'pipe',
  '02': 'character-device',
  '04': 'folder',
  '06': 'block-device',
  '10': 'file',
  '12': 'link',
  '14': 'socket',
};

/**
 * Reads what `ls -l -p` of debugfs prints: `/inode/mode/uid/gid/name/size/` a line; `.` and `..` are left out. A
 * line of another form, such as a name with a line break makes, is an error: nothing is passed over in silence.
 */
export function parseFolder(answer: string): Ext4FolderEntry[] {
  return (
    answer
      .split('\n')
      // Inode 0 is room in the folder that no entry uses.
      .filter((line) => line !== '' && !line.startsWith('/0/'))
      .map(parseLine)
      .filter(({ name }) => name !== '.' && name !== '..')
  );
}

function parseLine(line: string): Ext4FolderEntry {
  const [, inode, mode, uid, gid, name, size] =
    /^\/(\d+)\/(\d{6})\/(\d+)\/(\d+)\/([^/]+)\/(\d*)\/$/.exec(line) ?? [];
  const kind = kinds[mode?.slice(0, 2) ?? ''];
  if (name === undefined || kind === undefined) {
    throw witnessErrors.WITNESS_FILE_SYSTEM_UNREADABLE({
      tried: 'list a folder',
      expected: '/inode/mode/uid/gid/name/size/',
      got: JSON.stringify(line),
    });
  }
  return {
    name,
    kind,
    mode: Number.parseInt(mode!, 8) & 0o7777,
    uid: Number(uid),
    gid: Number(gid),
    sizeBytes: kind === 'file' || kind === 'link' ? Number(size) : null,
    inode: Number(inode),
  };
}
