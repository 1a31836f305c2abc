/** What `stat` of debugfs says of one inode. */
export interface Ext4Inode {
  number: number;
  /** As debugfs names it: `regular`, `directory`, `symlink`, … */
  type: string;
  mode: number;
  uid: number;
  gid: number;
  sizeBytes: number;
  /** Of a link whose target is kept in the inode itself. */
  fastTarget?: string;
  /** Of a device, as `4:64`. */
  device?: string;
  /** Blocks of the content, in the order of the file; blocks of the extent tree are left out. */
  extents: { firstInFile: number; firstOnDisk: number; count: number }[];
}

export function parseInode(answer: string): Ext4Inode {
  const number = (pattern: RegExp, radix = 10) => Number.parseInt(pattern.exec(answer)?.[1] ?? '', radix);
  const sizeBytes = number(/Size: (\d+)$/m);
  const target = /^Fast link dest: "([\s\S]*)"$/m.exec(answer)?.[1];
  const device = /^Device major\/minor number: (\d+):(\d+)/m.exec(answer);
  return {
    number: number(/^Inode: (\d+)/),
    type: /Type: (.+?) +Mode:/.exec(answer)?.[1] ?? 'unknown',
    mode: number(/Mode: +(\d+)/, 8),
    uid: number(/^User: +(\d+)/m),
    gid: number(/Group: +(\d+)/),
    sizeBytes,
    ...(target === undefined ? {} : { fastTarget: target }),
    ...(device === null ? {} : { device: `${Number(device[1])}:${Number(device[2])}` }),
    extents: parseExtents(answer),
  };
}

/** `(0-3):1000-1003, (4):2000`; `(ETB0):999` and `(IND):998` are blocks of the map, `(5-6[u])` was never written. */
function parseExtents(answer: string): Ext4Inode['extents'] {
  const listing = /^(?:EXTENTS|BLOCKS):\n(.*)$/m.exec(answer)?.[1] ?? '';
  return [...listing.matchAll(/\((\d+)(?:-\d+)?(\[u\])?\):(\d+)(?:-(\d+))?/g)]
    .filter(([, , unwritten]) => unwritten === undefined)
    .map(([, firstInFile, , first, last]) => ({
      firstInFile: Number(firstInFile),
      firstOnDisk: Number(first),
      count: Number(last ?? first) - Number(first) + 1,
    }));
}
