export interface ExtFolderEntry {
  inode: number;
  name: Buffer;
}

const headBytes = 8;

/**
 * The entries in one block of a folder (Linux kernel, Documentation/filesystems/ext4/directory.rst); `.` and `..` are left out. The blocks of a
 * folder's index look like unused entries. What cannot be is said in `damage`, and the rest of the block is not read.
 */
export function parseFolderBlock(block: Buffer): { entries: ExtFolderEntry[]; damage?: string } {
  const entries: ExtFolderEntry[] = [];
  for (let at = 0; at + headBytes <= block.length; ) {
    const inode = block.readUInt32LE(at);
    const lengthBytes = recordBytes(block.readUInt16LE(at + 4), block.length);
    const nameBytes = block[at + 6]!;
    if (lengthBytes < headBytes || lengthBytes % 4 !== 0 || at + lengthBytes > block.length) {
      return { entries, damage: `an entry of ${lengthBytes} bytes` };
    }
    if (inode !== 0) {
      if (nameBytes === 0 || nameBytes > lengthBytes - headBytes)
        return { entries, damage: `a name of ${nameBytes} bytes` };
      const name = block.subarray(at + headBytes, at + headBytes + nameBytes);
      if (!isDots(name)) entries.push({ inode, name });
    }
    at += lengthBytes;
  }
  return { entries };
}

/** Blocks of 64 KiB do not fit into the field. */
function recordBytes(field: number, blockBytes: number): number {
  return blockBytes === 65_536 && (field === 0 || field === 0xffff) ? blockBytes : field;
}

function isDots(name: Buffer): boolean {
  return name[0] === 0x2e && (name.length === 1 || (name.length === 2 && name[1] === 0x2e));
}
