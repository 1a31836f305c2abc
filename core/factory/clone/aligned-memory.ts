/** What reads and writes past the page cache are aligned to: the largest logical block of any disk in use. */
export const alignmentBytes = 4096;

/**
 * Memory that begins on a page, as O_DIRECT wants it. Node does not say where a Buffer lies, and `malloc` puts large
 * ones 16 bytes behind a page; the memory of a resizable ArrayBuffer comes from the kernel in whole pages.
 */
export function allocateAligned(sizeBytes: number): Buffer {
  return Buffer.from(new ArrayBuffer(sizeBytes, { maxByteLength: sizeBytes }), 0, sizeBytes);
}
