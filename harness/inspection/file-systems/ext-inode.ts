import type { TreeNode } from './file-tree.ts';
import { upToZero } from './recognition.ts';

/** One inode of ext2, ext3 or ext4. */
export interface ExtInode {
  kind: TreeNode['kind'];
  sizeBytes: number;
  mode: number;
  uid: number;
  modifiedAt: Date;
  links: number;
  usesExtents: boolean;
  /** Its content is enciphered. */
  isEncrypted: boolean;
  /** The field i_block: where the content lies, or the content of a short link. */
  map: Buffer;
  /** The content itself, where the inode holds it; whatever its size says, there is no more. */
  inline?: Buffer;
}

const flags = { encrypted: 0x800, extents: 0x80000, inline: 0x10000000 };
const inlineInMapBytes = 60;

/** Linux kernel, Documentation/filesystems/ext4/inodes.rst; undefined when the bytes are too few. */
export function parseExtInode(bytes: Buffer): ExtInode | undefined {
  if (bytes.length < 128) return undefined;
  const mode = bytes.readUInt16LE(0);
  const flagBits = bytes.readUInt32LE(0x20);
  const kind = kindOf(mode);
  const sizeHigh = kind === 'link' ? 0 : bytes.readUInt32LE(0x6c);
  const size = BigInt(bytes.readUInt32LE(4)) | (BigInt(sizeHigh) << 32n);
  const extraBytes = bytes.length > 0x82 ? bytes.readUInt16LE(0x80) : 0;
  const map = bytes.subarray(0x28, 0x28 + inlineInMapBytes);
  return {
    kind,
    sizeBytes: size <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(size) : Number.MAX_SAFE_INTEGER,
    mode: mode & 0o7777,
    uid: bytes.readUInt16LE(2) + bytes.readUInt16LE(0x78) * 0x10000,
    modifiedAt: modificationTime(bytes, extraBytes),
    links: bytes.readUInt16LE(0x1a),
    usesExtents: (flagBits & flags.extents) !== 0,
    isEncrypted: (flagBits & flags.encrypted) !== 0,
    map: Buffer.from(map),
    ...((flagBits & flags.inline) === 0
      ? {}
      : { inline: Buffer.concat([map, inlineRest(bytes, extraBytes)]) }),
  };
}

function kindOf(mode: number): TreeNode['kind'] {
  const kinds: Record<number, TreeNode['kind']> = { 4: 'folder', 8: 'file', 10: 'link' };
  return kinds[mode >> 12] ?? 'other';
}

/** Seconds with a sign, and two more bits of them in the extra field. */
function modificationTime(bytes: Buffer, extraBytes: number): Date {
  const seconds = bytes.readInt32LE(0x10);
  const extra = bytes.length >= 0x8c && extraBytes >= 0x8c - 0x80 ? bytes.readUInt32LE(0x88) : 0;
  return new Date((seconds + (extra & 3) * 2 ** 32) * 1000);
}

const attributeMagic = 0xea020000;
const systemAttribute = 7;

/** What does not fit into i_block is the attribute `system.data` behind the inode's fields (ext4/attributes.rst). */
function inlineRest(bytes: Buffer, extraBytes: number): Buffer {
  const start = 128 + extraBytes;
  const none = Buffer.alloc(0);
  if (start + 4 > bytes.length || bytes.readUInt32LE(start) !== attributeMagic) return none;
  const entries = bytes.subarray(start + 4);
  for (let at = 0; at + 16 <= entries.length && entries.readUInt32LE(at) !== 0; ) {
    const nameBytes = entries[at]!;
    const name = upToZero(entries.subarray(at + 16, at + 16 + nameBytes)).toString('latin1');
    const valueStart = entries.readUInt16LE(at + 2);
    if (entries[at + 1] === systemAttribute && name === 'data' && entries.readUInt32LE(at + 4) === 0) {
      return entries.subarray(valueStart, valueStart + entries.readUInt32LE(at + 8));
    }
    at += Math.ceil((16 + nameBytes) / 4) * 4;
  }
  return none;
}
