import { promisify } from 'node:util';
import { constants, zstdCompress } from 'node:zlib';

/** Compresses by zstd at level 19; the same bytes on every host, since Node brings its own zstd. */
export async function zstd19(bytes: Uint8Array): Promise<Buffer> {
  return promisify(zstdCompress)(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 19 } });
}
