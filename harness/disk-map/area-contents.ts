/** What the first sectors of an area say about it. */
export interface AreaContents {
  /** The label of the file system, when it has one. */
  label?: string;
  /** `ext4, journal clean`; undefined when nothing is recognised. */
  fileSystem?: string;
}

/** How many bytes from the start of an area {@link recogniseContents} wants to see. */
export const headBytes = 2048;

/**
 * Recognises ext2 to ext4 (the superblock at 1024, Linux' fs/ext4/ext4.h) and FAT (Microsoft's FAT specification 1.03)
 * by the first {@link headBytes} of an area. In this process, because a report wants it of every partition of every
 * disk: starting blkid for each would take longer than everything else.
 */
export function recogniseContents(head: Buffer): AreaContents {
  return recogniseExt(head) ?? recogniseFat(head) ?? {};
}

const superblock = 1024;
const extMagic = 0xef53;
const needsRecovery = 0x4;
const hasExtents = 0x40;
const hasJournal = 0x4;
const hadErrors = 0x2;

function recogniseExt(head: Buffer): AreaContents | undefined {
  if (head.length < headBytes || head.readUInt16LE(superblock + 56) !== extMagic) return undefined;
  const state = head.readUInt16LE(superblock + 58);
  const compatible = head.readUInt32LE(superblock + 92);
  const incompatible = head.readUInt32LE(superblock + 96);
  const journal = (compatible & hasJournal) !== 0;
  const type = (incompatible & hasExtents) !== 0 ? 'ext4' : journal ? 'ext3' : 'ext2';
  const journalState = (incompatible & needsRecovery) !== 0 ? 'journal to be replayed' : 'journal clean';
  const parts = [
    type,
    ...(journal ? [journalState] : []),
    ...((state & hadErrors) === 0 ? [] : ['errors noted']),
  ];
  return { fileSystem: parts.join(', '), ...labelled(textOf(head, superblock + 120, 16)) };
}

function recogniseFat(head: Buffer): AreaContents | undefined {
  if (head.length < 512 || head.readUInt16LE(510) !== 0xaa55) return undefined;
  for (const [typeAt, labelAt] of [
    [54, 43],
    [82, 71],
  ] as const) {
    const type = /^FAT(?:12|16|32)/.exec(textOf(head, typeAt, 8))?.[0];
    if (type === undefined) continue;
    const label = textOf(head, labelAt, 11);
    return { fileSystem: type, ...labelled(label === 'NO NAME' ? '' : label) };
  }
  return undefined;
}

function labelled(label: string): { label?: string } {
  return label === '' ? {} : { label };
}

/** Up to the first zero, without the spaces that fill it up. Every byte has a character, whatever a guest wrote. */
function textOf(bytes: Buffer, at: number, length: number): string {
  return bytes
    .toString('latin1', at, at + length)
    .replace(/\0.*$/s, '')
    .trim();
}
