/**
 * The digest of a disk that certificates name: `assay-disk-1`. It is the same for two disks of the same size and the
 * same bytes, whichever of their zeros are holes, and only data has to be hashed. It is the SHA-256 (FIPS 180-4), in
 * hexadecimal, of a text in ASCII, each of whose lines ends with one line feed (0x0a):
 *
 * - The first line is `assay-disk-1`, a space, and the size of the disk in bytes, in decimal.
 * - The disk is cut into blocks of 65536 bytes, counted from 0; the last one is as short as the disk makes it. Each
 *   block with at least one byte that is not zero has a line, in the order of the blocks: its number in decimal, a
 *   space, and the SHA-256 of its bytes in 64 small hexadecimal digits. Blocks of zeros have none.
 *
 * Numbers have no leading zeros and no signs. A disk of zeros has the first line only. A shell can do it, too:
 *
 *     bytes=$(stat -c %s disk.img); blocks=$(( (bytes + 65535) / 65536 ))
 *     { echo "assay-disk-1 $bytes"
 *       for ((i = 0; i < blocks; i++)); do
 *         dd if=disk.img bs=65536 skip=$i count=1 status=none >block
 *         [ "$(tr -d '\0' <block | wc -c)" -eq 0 ] || echo "$i $(sha256sum <block | cut -c -64)"
 *       done; } | sha256sum
 */
export const diskDigestFormat = 'assay-disk-1';

/** Larger ones would have much of scattered data hashed with the zeros around it. */
export const digestBlockBytes = 64 * 1024;
