import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

const smallestPieceBytes = 64 * 1024;
const mostPieces = 256 * 1024;

/**
 * A CRC-32 of every piece of a disk, holes and written zeros being the same: enough to see what has changed between
 * two looks (one change in four thousand million is missed), at two gigabytes a second.
 */
export class PieceDigests {
  readonly sizeBytes: number;
  /** A power of two: 64 KiB on disks of up to 16 GiB. */
  readonly pieceBytes: number;
  /** 0 where a piece holds zeros only. */
  readonly #digests: Uint32Array;
  readonly #zeros: Buffer;
  readonly #digestOfZeros: number;
  #atBytes = 0;
  #digest = 0;

  constructor(sizeBytes: number) {
    this.sizeBytes = sizeBytes;
    let pieceBytes = smallestPieceBytes;
    while (sizeBytes / pieceBytes > mostPieces) pieceBytes *= 2;
    this.pieceBytes = pieceBytes;
    this.#digests = new Uint32Array(Math.ceil(sizeBytes / pieceBytes));
    this.#zeros = Buffer.alloc(pieceBytes);
    this.#digestOfZeros = crc32(this.#zeros);
  }

  /** Takes the disk's next bytes; null stands for a hole of that length. */
  add(bytes: Buffer | null, lengthBytes: number): void {
    let done = 0;
    while (done < lengthBytes) {
      const inPiece = this.#atBytes % this.pieceBytes;
      const count = Math.min(this.pieceBytes - inPiece, lengthBytes - done);
      const isWholeHole = bytes === null && count === this.pieceBytes;
      if (!isWholeHole) {
        const part = bytes === null ? this.#zeros.subarray(0, count) : bytes.subarray(done, done + count);
        this.#digest = crc32(part, inPiece === 0 ? 0 : this.#digest);
        if (inPiece + count === this.pieceBytes || this.#atBytes + count === this.sizeBytes) {
          this.#endPiece(inPiece + count);
        }
      }
      this.#atBytes += count;
      done += count;
    }
  }

  /** Whether all pieces that begin in a range hold zeros only. */
  isZero(startBytes: number, sizeBytes: number): boolean {
    const [from, to] = this.#piecesOf(startBytes, sizeBytes);
    for (let piece = from; piece < to; piece += 1) if (this.#digests[piece] !== 0) return false;
    return true;
  }

  /**
   * How many bytes of a range lie in pieces that differ from another look at the same disk. A piece belongs to the
   * range in which it begins. Undefined when the disks' sizes are not the same.
   */
  changedBytes(before: PieceDigests, startBytes: number, sizeBytes: number): number | undefined {
    if (before.sizeBytes !== this.sizeBytes) return undefined;
    const [from, to] = this.#piecesOf(startBytes, sizeBytes);
    let pieces = 0;
    for (let piece = from; piece < to; piece += 1) {
      if (this.#digests[piece] !== before.#digests[piece]) pieces += 1;
    }
    return Math.min(pieces * this.pieceBytes, sizeBytes);
  }

  /**
   * One value for the whole disk, to be kept: the SHA-256 of the pieces' checksums. No checksum of the file, but it costs
   * nothing beside them, and is the same exactly where every piece is.
   */
  get whole(): string {
    const hash = createHash('sha256').update(`${this.sizeBytes} ${this.pieceBytes} `);
    return `pieces-sha256:${hash.update(this.#digests).digest('hex')}`;
  }

  #endPiece(lengthBytes: number): void {
    const ofZeros =
      lengthBytes === this.pieceBytes ? this.#digestOfZeros : crc32(this.#zeros.subarray(0, lengthBytes));
    const piece = Math.floor(this.#atBytes / this.pieceBytes);
    // 0 stands for zeros; a piece whose checksum happens to be 0 takes the next number.
    this.#digests[piece] = this.#digest === ofZeros ? 0 : this.#digest || 1;
  }

  #piecesOf(startBytes: number, sizeBytes: number): [from: number, to: number] {
    return [Math.ceil(startBytes / this.pieceBytes), Math.ceil((startBytes + sizeBytes) / this.pieceBytes)];
  }
}
