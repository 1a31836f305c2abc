import { printable } from './printable.ts';
import { isPowerOfTwo } from './recognise-linux.ts';
import { bytesOf, factsOf, present, type Recogniser, timeOf, upToZero, uuidOf } from './recognition.ts';

const squashfsCompressors = ['', 'gzip', 'lzma', 'lzo', 'xz', 'lz4', 'zstd'];

/** squashfs 4 (kernel, fs/squashfs/squashfs_fs.h: struct squashfs_super_block). It has no UUID and no label. */
export const recogniseSquashfs: Recogniser = async (reader) => {
  const bytes = await reader.read(0, 96);
  if (bytes.length < 96 || bytes.toString('latin1', 0, 4) !== 'hsqs') return undefined;
  const blockBytes = bytes.readUInt32LE(12);
  const compressor = squashfsCompressors[bytes.readUInt16LE(20)];
  const version = `${bytes.readUInt16LE(28)}.${bytes.readUInt16LE(30)}`;
  return {
    type: 'squashfs',
    ...present({ sizeBytes: bytesOf(bytes.readBigUInt64LE(40), 1) }),
    blockBytes,
    features: compressor ? [compressor] : [],
    facts: factsOf({ version, 'made at': timeOf(bytes.readUInt32LE(8)), inodes: bytes.readUInt32LE(4) }),
    contradictions: [
      ...(isPowerOfTwo(blockBytes, 4096, 1024 ** 2) ? [] : [`blocks of ${blockBytes} bytes`]),
      ...(compressor ? [] : [`compressor ${bytes.readUInt16LE(20)}`]),
      ...(version === '4.0' ? [] : [`version ${version}`]),
    ],
  };
};

/** EROFS (kernel, fs/erofs/erofs_fs.h: struct erofs_super_block). */
export const recogniseErofs: Recogniser = async (reader) => {
  const bytes = await reader.read(1024, 128);
  if (bytes.length < 128 || bytes.readUInt32LE(0) !== 0xe0f5e1e2) return undefined;
  const exponent = bytes[12]!;
  const isPossible = exponent >= 9 && exponent <= 16;
  const blockBytes = isPossible ? 1 << exponent : 4096;
  return {
    type: 'erofs',
    ...present({
      uuid: uuidOf(bytes.subarray(48, 64)),
      label: printable(upToZero(bytes.subarray(64, 80))),
      sizeBytes: bytesOf(bytes.readUInt32LE(36), blockBytes),
    }),
    blockBytes,
    contradictions: isPossible ? [] : [`blocks of 2^${exponent} bytes`],
  };
};

const isoDescriptor = 32_768;

/** ISO 9660 (ECMA-119, section 8.4: the primary volume descriptor). Its "UUID" is when it was made, as blkid writes it. */
export const recogniseIso: Recogniser = async (reader) => {
  const bytes = await reader.read(isoDescriptor, 2048);
  if (bytes.length < 2048 || bytes.toString('latin1', 1, 6) !== 'CD001') return undefined;
  const blockBytes = bytes.readUInt16LE(128);
  const made = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(bytes.toString('latin1', 813, 829));
  return {
    type: 'iso9660',
    ...present({
      uuid: made?.slice(1).join('-'),
      label: printable(upToZero(bytes.subarray(40, 72))).trimEnd(),
      sizeBytes: bytesOf(bytes.readUInt32LE(80), blockBytes),
    }),
    blockBytes,
    contradictions: isPowerOfTwo(blockBytes, 512, 32_768) ? [] : [`blocks of ${blockBytes} bytes`],
  };
};
