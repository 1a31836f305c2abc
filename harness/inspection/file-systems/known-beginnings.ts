/** What something that is no file system may begin with: bytes that everybody has, so that they can be told. */
const beginnings: readonly (readonly [string, Buffer])[] = [
  ['an ELF program', Buffer.from('\x7fELF', 'latin1')],
  ['a gzip archive', Buffer.from([0x1f, 0x8b, 8])],
  ['an xz archive', Buffer.from('\xfd7zXZ\0', 'latin1')],
  ['a zstd archive', Buffer.from([0x28, 0xb5, 0x2f, 0xfd])],
  ['a cpio archive', Buffer.from('07070')],
  ['an Android boot image', Buffer.from('ANDROID!')],
  ['a U-Boot image', Buffer.from([0x27, 0x05, 0x19, 0x56])],
  ['a device tree, or an image for U-Boot', Buffer.from([0xd0, 0x0d, 0xfe, 0xed])],
  ['a program of DOS or UEFI', Buffer.from('MZ')],
  ['a ubi volume', Buffer.from('UBI#')],
];

/** Says how something begins without telling its bytes, which may be a key: by a known signature, or by how many bytes are not zero. */
export function tellBeginning(bytes: Buffer): string {
  const known = beginnings.find(([, magic]) => bytes.subarray(0, magic.length).equals(magic));
  if (known !== undefined) return `it begins like ${known[0]}`;
  const count = bytes.filter((byte) => byte !== 0).length;
  return `${count} of its first ${bytes.length} bytes are not zero`;
}
