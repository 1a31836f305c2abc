import { type Chunk, ReadOnlyFile } from '../witness/read-only-file.ts';
import { inspectionErrors } from './errors.ts';
import type { ByteRange } from './finding.ts';

export type { Chunk } from '../witness/read-only-file.ts';

/** What other formats of images begin with. */
const otherFormats: readonly { name: string; magic: Buffer }[] = [
  { name: 'qcow2', magic: Buffer.from('QFI\xfb', 'latin1') },
  { name: 'VMDK', magic: Buffer.from('KDMV') },
  { name: 'VDI', magic: Buffer.from('<<< Oracle VM') },
  { name: 'an Android sparse image', magic: Buffer.from([0x3a, 0xff, 0x26, 0xed]) },
  { name: 'a 7z archive', magic: Buffer.from([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]) },
  { name: 'an lz4 archive', magic: Buffer.from([0x04, 0x22, 0x4d, 0x18]) },
  { name: 'VHDX', magic: Buffer.from('vhdxfile') },
  { name: 'VHD', magic: Buffer.from('conectix') },
  { name: 'an xz archive', magic: Buffer.from('\xfd7zXZ\0', 'latin1') },
  { name: 'a zstd archive', magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]) },
  { name: 'a gzip archive', magic: Buffer.from([0x1f, 0x8b, 0x08]) },
  { name: 'a bzip2 archive', magic: Buffer.from('BZh') },
  { name: 'a zip archive', magic: Buffer.from('PK\x03\x04', 'latin1') },
];

/** What stands behind an {@link ImageSource}: a raw file, a block device, or a disk that is put together from several files. */
export interface DiskReading extends AsyncDisposable {
  /** Of a disk of several files, the one that messages name. */
  readonly path: string;
  readonly sizeBytes: number;
  /** The range lies within the disk; so it does with all of them. */
  readInto(bytes: Buffer, offsetBytes: number): Promise<void>;
  chunks(offsetBytes: number, lengthBytes: number): AsyncGenerator<Chunk>;
  dataExtents(signal?: AbortSignal): AsyncGenerator<{ start: number; length: number }>;
  assertUnchanged(): Promise<void>;
  /** A raw file that has this part of the disk at the same place; undefined when there is none. Left out by what is a raw file itself. */
  fileHolding?(range: ByteRange): string | undefined;
}

/** A disk image or block device that is only read, and never beyond its end. */
export class ImageSource implements AsyncDisposable {
  readonly path: string;
  readonly sizeBytes: number;
  readonly #reading: DiskReading;

  private constructor(reading: DiskReading) {
    this.#reading = reading;
    this.path = reading.path;
    this.sizeBytes = reading.sizeBytes;
  }

  /** Of something else than a raw file; it is closed with the source. */
  static over(reading: DiskReading): ImageSource {
    return new ImageSource(reading);
  }

  /** @throws WITNESS_DISK_UNREADABLE, INSPECTION_NOT_RAW */
  static async open(path: string): Promise<ImageSource> {
    const source = new ImageSource(await ReadOnlyFile.open(path));
    const start = await source.read(0, 512).catch(async (error) => {
      await source[Symbol.asyncDispose]();
      throw error;
    });
    const other = otherFormats.find(({ magic }) => start.subarray(0, magic.length).equals(magic));
    if (other === undefined) return source;
    await source[Symbol.asyncDispose]();
    throw inspectionErrors.INSPECTION_NOT_RAW({ tried: `inspect ${path}`, got: other.name });
  }

  /** A part of it; what would lie beyond the end is left out, so that fewer bytes come, or none. */
  async read(offsetBytes: number, lengthBytes: number): Promise<Buffer> {
    const start = Math.min(Math.max(0, offsetBytes), this.sizeBytes);
    const end = Math.min(Math.max(start, offsetBytes + lengthBytes), this.sizeBytes);
    const bytes = Buffer.allocUnsafe(end - start);
    await this.#reading.readInto(bytes, start);
    return bytes;
  }

  /**
   * Walks over a part of it in order: pieces of at most a mebibyte, whose buffer is used again for the next one, and holes, which
   * take no time, as one piece each with `bytes` null.
   *
   * @throws WITNESS_DISK_CHANGED when somebody writes to it meanwhile.
   */
  chunks(offsetBytes = 0, lengthBytes = this.sizeBytes - offsetBytes) {
    return this.#reading.chunks(offsetBytes, lengthBytes);
  }

  /** Reads into memory that is there, for those who read much. The range has to lie within the disk. */
  async readInto(bytes: Buffer, offsetBytes: number): Promise<void> {
    await this.#reading.readInto(bytes, offsetBytes);
  }

  /**
   * Where it holds data, in order, in bytes; what lies between reads as zeros. They come one by one, however many
   * there are, and may reach beyond the end by less than a sector. Of a block device everything is data.
   */
  dataExtents(signal?: AbortSignal): AsyncGenerator<{ start: number; length: number }> {
    return this.#reading.dataExtents(signal);
  }

  /** @throws WITNESS_DISK_CHANGED when somebody has written to it since it was opened. */
  async assertUnchanged(): Promise<void> {
    await this.#reading.assertUnchanged();
  }

  /** A raw file that has this part of the disk at the same place, for tools that read files; undefined when there is none. */
  fileHolding(range: ByteRange): string | undefined {
    return this.#reading.fileHolding === undefined ? this.path : this.#reading.fileHolding(range);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reading[Symbol.asyncDispose]();
  }
}
