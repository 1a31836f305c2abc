import { mkdtemp, open, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { foundationErrors } from '../../../foundation/index.ts';
import type { ByteRange } from '../finding.ts';
import type { ImageSource } from '../image-source.ts';
import type { DiskPartition } from '../place.ts';
import { largestCopyBytes, usualToolLimits } from './limits.ts';

/**
 * The name under which tools see the image in a {@link ToolFolder}: e2fsprogs cut paths at `?`, mtools at `@@`, and everybody takes a name that
 * begins with `-` for an option.
 */
export const imageName = 'image';

/** A temporary folder in which a tool finds the image, or a copy of one partition; removed at the end. */
export class ToolFolder implements AsyncDisposable {
  readonly path: string;
  /** What the tool reads in the end: the disk itself, or the copy. */
  readonly imagePath: string;
  /** Data that was copied for it. */
  copiedBytes = 0;

  private constructor(path: string, imagePath: string) {
    this.path = path;
    this.imagePath = imagePath;
  }

  /**
   * With the whole disk as it is, for tools that know of offsets and look at one part of it. Nothing is copied, unless the disk is put together from
   * several files: then that part, to its place in a file of holes.
   *
   * @throws the signal's reason; FOUNDATION_TOOL_FAILED when there is more data than may be copied.
   */
  static async ofDisk(
    source: ImageSource,
    part: ByteRange = { offsetBytes: 0, lengthBytes: source.sizeBytes },
    limits: Partial<CopyLimits> = {},
  ): Promise<ToolFolder> {
    const held = source.fileHolding(part);
    const path = await newFolder();
    if (held !== undefined) {
      await symlink(resolve(held), join(path, imageName));
      return new ToolFolder(path, resolve(held));
    }
    await using unfinished = new AsyncDisposableStack();
    const folder = unfinished.use(new ToolFolder(path, join(path, imageName)));
    const piece = { ...part, firstBytes: part.offsetBytes, largestBytes: largestCopyBytes };
    const copied = await copyPart(source, { ...piece, ...usualToolLimits, ...limits }, folder.imagePath);
    if (copied === undefined)
      throw foundationErrors.FOUNDATION_TOOL_FAILED({
        tried: `copy a part of ${source.path} for a tool`,
        got: 'more data, or more time, than the limit',
      });
    folder.copiedBytes = copied;
    unfinished.move();
    return folder;
  }

  /**
   * With one file system, for tools that know of no offsets: the disk itself where that is its beginning, or else a copy in which holes stay
   * holes. Undefined when there is more data than may be copied, when copying takes too long, or when there is no room for it here.
   *
   * @throws the signal's reason.
   */
  static async ofPartition(
    source: ImageSource,
    { offsetBytes, sizeBytes }: Pick<DiskPartition, 'offsetBytes' | 'sizeBytes'>,
    limits: Partial<CopyLimits> = {},
  ): Promise<ToolFolder | undefined> {
    const part = { offsetBytes, lengthBytes: sizeBytes };
    if (offsetBytes === 0 && source.fileHolding(part) !== undefined)
      return await ToolFolder.ofDisk(source, part);
    const path = await newFolder();
    await using unfinished = new AsyncDisposableStack();
    const folder = unfinished.use(new ToolFolder(path, join(path, imageName)));
    const copiedBytes = await copyPart(
      source,
      { ...part, firstBytes: 0, largestBytes: largestCopyBytes, ...usualToolLimits, ...limits },
      folder.imagePath,
    ).catch(withoutRoom);
    if (copiedBytes === undefined) return undefined;
    folder.copiedBytes = copiedBytes;
    unfinished.move();
    return folder;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

async function newFolder(): Promise<string> {
  return await mkdtemp(join(tmpdir(), 'assay-inspection-'));
}

interface CopyLimits {
  /** Of data. */
  largestBytes: number;
  wallClockMs: number;
  signal?: AbortSignal;
}

interface Piece extends CopyLimits, ByteRange {
  /** Where it begins in the copy. */
  firstBytes: number;
}

/** No room on the disk, for a file of this size, or in somebody's quota. */
function withoutRoom(error: NodeJS.ErrnoException): undefined {
  if (!['ENOSPC', 'EFBIG', 'EDQUOT'].includes(error.code ?? '')) throw error;
}

/** How much data it was; undefined when it is more than may be copied, or takes too long. Blocks of zeros count as holes, so that disks that were written in full stay small. */
async function copyPart(source: ImageSource, piece: Piece, target: string): Promise<number | undefined> {
  const endMs = performance.now() + piece.wallClockMs;
  await using file = await open(target, 'wx', 0o600);
  await file.truncate(piece.firstBytes + piece.lengthBytes);
  let copiedBytes = 0;
  for await (const { offsetBytes, bytes } of source.chunks(piece.offsetBytes, piece.lengthBytes)) {
    piece.signal?.throwIfAborted();
    if (performance.now() > endMs) return undefined;
    if (bytes === null || isZero(bytes)) continue;
    copiedBytes += bytes.length;
    if (copiedBytes > piece.largestBytes) return undefined;
    await writeAll(file, bytes, piece.firstBytes + offsetBytes - piece.offsetBytes);
  }
  return copiedBytes;
}

type File = Awaited<ReturnType<typeof open>>;

async function writeAll(file: File, bytes: Buffer, offsetBytes: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    done += (await file.write(bytes, done, bytes.length - done, offsetBytes + done)).bytesWritten;
  }
}

/** Each byte is the same as the one before it, and the first is zero. */
export function isZero(bytes: Buffer): boolean {
  return bytes.length === 0 || (bytes[0] === 0 && bytes.subarray(1).equals(bytes.subarray(0, -1)));
}
