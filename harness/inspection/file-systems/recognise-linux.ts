import { printable } from './printable.ts';
import { bytesOf, factsOf, present, type Recogniser, upToZero, uuidOf } from './recognition.ts';

/** XFS (XFS Algorithms and Data Structures, chapter 12: superblocks); numbers have their highest byte first. */
export const recogniseXfs: Recogniser = async (reader) => {
  const bytes = await reader.read(0, 512);
  if (bytes.length < 512 || bytes.toString('latin1', 0, 4) !== 'XFSB') return undefined;
  const blockBytes = bytes.readUInt32BE(4);
  const isPossible = isPowerOfTwo(blockBytes, 512, 65_536);
  return {
    type: 'xfs',
    ...present({
      uuid: uuidOf(bytes.subarray(32, 48)),
      label: printable(upToZero(bytes.subarray(108, 120))),
    }),
    ...(isPossible
      ? { blockBytes, ...present({ sizeBytes: bytesOf(bytes.readBigUInt64BE(8), blockBytes) }) }
      : {}),
    contradictions: isPossible ? [] : [`blocks of ${blockBytes} bytes`],
  };
};

const btrfsSuperblock = 65_536;

/** btrfs (kernel, fs/btrfs: struct btrfs_super_block). */
export const recogniseBtrfs: Recogniser = async (reader) => {
  const bytes = await reader.read(btrfsSuperblock, 4096);
  if (bytes.length < 4096 || bytes.toString('latin1', 0x40, 0x48) !== '_BHRfS_M') return undefined;
  const devices = bytes.readBigUInt64LE(0x88);
  return {
    type: 'btrfs',
    ...present({
      uuid: uuidOf(bytes.subarray(0x20, 0x30)),
      label: printable(upToZero(bytes.subarray(0x12b, 0x22b))),
      // Of all its devices together.
      sizeBytes: devices === 1n ? bytesOf(bytes.readBigUInt64LE(0x70), 1) : undefined,
    }),
    facts: factsOf({ devices: String(devices) }),
  };
};

/** F2FS (kernel, include/linux/f2fs_fs.h: struct f2fs_super_block). */
export const recogniseF2fs: Recogniser = async (reader) => {
  const bytes = await reader.read(1024, 2048);
  if (bytes.length < 2048 || bytes.readUInt32LE(0) !== 0xf2f52010) return undefined;
  const exponent = bytes.readUInt32LE(16);
  const isPossible = exponent >= 12 && exponent <= 16;
  const blockBytes = isPossible ? 1 << exponent : 4096;
  const name = bytes.toString('utf16le', 124, 124 + 1024).replace(/\0[\s\S]*$/, '');
  return {
    type: 'f2fs',
    ...present({
      uuid: uuidOf(bytes.subarray(108, 124)),
      label: printable(Buffer.from(name)),
      sizeBytes: bytesOf(bytes.readBigUInt64LE(36), blockBytes),
    }),
    blockBytes,
    contradictions: isPossible ? [] : [`blocks of 2^${exponent} bytes`],
  };
};

/** Swap areas, and machines that sleep in one (kernel, include/linux/swap.h: union swap_header; kernel/power/swap.c). */
export const recogniseSwap: Recogniser = async (reader) => {
  for (const pageBytes of [4096, 8192, 16_384, 32_768, 65_536]) {
    const signature = (await reader.read(pageBytes - 10, 10)).toString('latin1').replace(/\0.*$/, '');
    const sleeps = ['S1SUSPEND', 'S2SUSPEND', 'ULSUSPEND', 'LINHIB0001'].includes(signature);
    if (!sleeps && signature !== 'SWAPSPACE2' && signature !== 'SWAP-SPACE') continue;
    const header = await reader.read(1024, 512);
    const pages = header.readUInt32LE(4) + 1;
    return {
      type: 'swap',
      ...(signature === 'SWAP-SPACE'
        ? {}
        : present({
            uuid: uuidOf(header.subarray(12, 28)),
            label: printable(upToZero(header.subarray(28, 44))),
            sizeBytes: bytesOf(pages, pageBytes),
          })),
      blockBytes: pageBytes,
      state: sleeps ? 'hibernated' : 'clean',
      facts: factsOf({ signature }),
    };
  }
  return undefined;
};

export function isPowerOfTwo(value: number, least: number, most: number): boolean {
  return value >= least && value <= most && Number.isInteger(Math.log2(value));
}
