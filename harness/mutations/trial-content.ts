/** What trials in machines write; the guest that writes it and the judge that looks for it have it from here. */
export function contentOf(name: string, sizeBytes = 20_000): string {
  return `${name}\n`.repeat(Math.ceil(sizeBytes / (name.length + 1))).slice(0, sizeBytes);
}

/** The files of the tree that is archived, restored and copied, relative to its folder. */
export const treeFiles = ['one', 'sub/two', 'sub/three'] as const;

/** The mode of its folder `sub`. */
export const subMode = 0o750;

/** The system id that disks get their identifiers from. */
export const systemId = '0f6b2f5e-5f3c-4c43-9d53-8a3f6d2a1b11';

/** How large raw disks are, in bytes. */
export const rawSizeBytes = 65_536;

/** What a raw disk is restored to. */
export function rawContent(): Buffer {
  return Buffer.from(contentOf('restored', rawSizeBytes));
}

/** The file that says of a disk that it has what will be replaced. */
export const begunPath = 'begun';

/** The file that is patched, from `old` to `new`. */
export const patchedPath = 'conf';
