/** From 4 KiB to 2 MiB; what is longer is made when it is needed. */
const smallestClass = 12;
const largestClass = 21;
/** What waits to be used again, of one size. */
const maxWaitingBytes = 4 * 1024 * 1024;

/** Buffers that are used again and again: a disk takes and returns thousands of them a second. */
export class BufferPool {
  readonly #waiting = new Map<number, Buffer[]>();

  /** A buffer of exactly this length, filled with anything. Whoever returns it may not use it any more. */
  take(lengthBytes: number): Buffer {
    const sizeClass = classOf(lengthBytes);
    if (sizeClass > largestClass) return Buffer.allocUnsafeSlow(lengthBytes);
    const whole = this.#waiting.get(sizeClass)?.pop() ?? Buffer.allocUnsafeSlow(2 ** sizeClass);
    return whole.subarray(0, lengthBytes);
  }

  /** Gives back what {@link take} gave. */
  giveBack(buffer: Buffer): void {
    const sizeClass = classOf(buffer.length);
    if (sizeClass > largestClass) return;
    const waiting = this.#waiting.get(sizeClass) ?? [];
    this.#waiting.set(sizeClass, waiting);
    if ((waiting.length + 1) * 2 ** sizeClass > maxWaitingBytes) return;
    waiting.push(Buffer.from(buffer.buffer, buffer.byteOffset, 2 ** sizeClass));
  }
}

/** The power of two that it fits into. */
function classOf(lengthBytes: number): number {
  return Math.max(smallestClass, Math.ceil(Math.log2(Math.max(1, lengthBytes))));
}
