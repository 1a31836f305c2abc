/**
 * Numbers of the NBD protocol, as they stand in doc/proto.md of https://github.com/NetworkBlockDevice/nbd: what QEMU's
 * client and this server say to each other. All fields are big-endian.
 */

/** "NBDMAGIC", "IHAVEOPT", and what opens an answer to an option. */
export const serverMagic = 0x4e42444d41474943n;
export const optionMagic = 0x49484156454f5054n;
export const optionReplyMagic = 0x0003e889045565a9n;

export const requestMagic = 0x25609513;
export const simpleReplyMagic = 0x67446698;
export const requestHeaderBytes = 28;

/** NBD_FLAG_FIXED_NEWSTYLE and NBD_FLAG_NO_ZEROES. */
export const handshakeFlags = { fixedNewstyle: 1, noZeroes: 2 };

/** NBD_FLAG_HAS_FLAGS, SEND_FLUSH, SEND_FUA, SEND_TRIM, SEND_WRITE_ZEROES. */
export const transmissionFlags = 0x01 | 0x04 | 0x08 | 0x20 | 0x40;

export const option = { exportName: 1, abort: 2, list: 3, info: 6, go: 7 };
export const optionReply = { ack: 1, server: 2, info: 3, unsupported: 0x80000001, invalid: 0x80000003 };
export const infoType = { export: 0, blockSize: 3 };

export const command = { read: 0, write: 1, disconnect: 2, flush: 3, trim: 4, writeZeroes: 6 };
/** NBD_CMD_FLAG_FUA: the answer comes when the data is on the medium. */
export const forceUnitAccess = 1;

/** The numbers by which NBD names errors, whatever the host's are. */
export const errorNumber = { EIO: 5, EINVAL: 22, ENOSPC: 28 } as const;
export type ErrorName = keyof typeof errorNumber;

/** The longest data of one request that is taken, and what clients are told of it (NBD_INFO_BLOCK_SIZE). */
export const maximumDataBytes = 32 * 1024 * 1024;
