import { derKindOf } from './der.ts';

/** Content that is as random as a key and is none: it is made of other content, the same each time. */
interface KnownContent {
  name: string;
  /** Why it is no secret. */
  reason: string;
  isIn: (start: Buffer) => boolean;
}

const packed = 'Compressing the same content gives the same bytes.';
const media = 'Pictures, sound and fonts are compressed, and come with programs.';
const program = 'Programs, kernels and initial file systems come with the appliance or an update of it.';
const public_ = 'It is made to be given to everybody.';

const begins = (magic: readonly number[] | string, offsetBytes = 0) => {
  const bytes = typeof magic === 'string' ? Buffer.from(magic, 'latin1') : Buffer.from(magic);
  return (start: Buffer) => start.subarray(offsetBytes, offsetBytes + bytes.length).equals(bytes);
};

/** By their first bytes (file(1) knows the same), so that a key with the name `x.gz` is one all the same. */
const knownContents: readonly KnownContent[] = [
  { name: 'gzip', reason: packed, isIn: begins([0x1f, 0x8b, 8]) },
  { name: 'xz', reason: packed, isIn: begins('\xfd7zXZ\0') },
  { name: 'zstd', reason: packed, isIn: begins([0x28, 0xb5, 0x2f, 0xfd]) },
  { name: 'bzip2', reason: packed, isIn: begins('BZh') },
  { name: 'lz4', reason: packed, isIn: begins([0x04, 0x22, 0x4d, 0x18]) },
  { name: 'lz4 of the kernel', reason: packed, isIn: begins([0x02, 0x21, 0x4c, 0x18]) },
  { name: 'lzop', reason: packed, isIn: begins([0x89, 0x4c, 0x5a, 0x4f]) },
  { name: 'lzma', reason: packed, isIn: begins([0x5d, 0, 0]) },
  { name: 'zip, jar', reason: packed, isIn: begins('PK\x03\x04') },
  { name: '7z', reason: packed, isIn: begins('7z\xbc\xaf') },
  { name: 'Debian package', reason: packed, isIn: begins('!<arch>\n') },
  { name: 'squashfs', reason: packed, isIn: begins('hsqs') },
  { name: 'plocate', reason: 'A list of all names of files, compressed.', isIn: begins('\0plocate') },
  { name: 'mlocate', reason: 'A list of all names of files.', isIn: begins('\0mlocate') },
  { name: 'PNG', reason: media, isIn: begins('\x89PNG') },
  { name: 'JPEG', reason: media, isIn: begins([0xff, 0xd8, 0xff]) },
  { name: 'GIF', reason: media, isIn: begins('GIF8') },
  { name: 'RIFF (WAV, WebP)', reason: media, isIn: begins('RIFF') },
  { name: 'Ogg', reason: media, isIn: begins('OggS') },
  { name: 'MP3', reason: media, isIn: begins('ID3') },
  { name: 'MP4', reason: media, isIn: begins('ftyp', 4) },
  { name: 'TrueType', reason: media, isIn: begins([0, 1, 0, 0]) },
  { name: 'OpenType', reason: media, isIn: begins('OTTO') },
  { name: 'web font', reason: media, isIn: (start) => begins('wOFF')(start) || begins('wOF2')(start) },
  { name: 'PDF', reason: media, isIn: begins('%PDF-') },
  { name: 'ELF', reason: program, isIn: begins('\x7fELF') },
  { name: 'DOS, UEFI, Linux with a UEFI stub', reason: program, isIn: begins('MZ') },
  { name: 'cpio (initial file system)', reason: program, isIn: begins('07070') },
  { name: 'U-Boot image', reason: program, isIn: begins([0x27, 0x05, 0x19, 0x56]) },
  // RFC 4880, 4.3 and 5.5.2: tag 6 in the old form, version 4. Secret keys have tag 5.
  {
    name: 'OpenPGP public key',
    reason: public_,
    isIn: (start) => (start[0] === 0x99 && start[3] === 4) || (start[0] === 0x98 && start[2] === 4),
  },
  { name: 'GnuPG keybox', reason: public_, isIn: begins('KBXf', 8) },
  { name: 'certificate, public key', reason: public_, isIn: (start) => derKindOf(start) === 'public' },
];

/** The name of what it is; undefined for what may be a key. */
export function knownContentOf(start: Buffer): string | undefined {
  return knownContents.find(({ isIn }) => isIn(start))?.name;
}
